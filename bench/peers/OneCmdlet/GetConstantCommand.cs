using System.Management.Automation;

namespace PSIpc.Bench;

/// <summary>As little as a cmdlet can do and still give something: a string that was there before.</summary>
[Cmdlet(VerbsCommon.Get, "Constant")]
[OutputType(typeof(string))]
public sealed class GetConstantCommand : Cmdlet
{
    private static readonly string s_text = new('x', 63);

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(s_text);
}
