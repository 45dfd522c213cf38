using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace PSIpc.Bench;

/// <summary>
/// The addresses and sets of PSIpc's cmdlets, bound and validated in the same way, on the bare system calls: what remains of a call when
/// PSIpc's own part of it is taken away.
/// </summary>
public abstract class BareCommand : PSCmdlet
{
    /// <summary>System V keys.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = nameof(Key), ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = [];

    /// <summary>Names of POSIX objects.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Name), ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Bound and not used.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Id))]
    public int[] Id { get; set; } = [];

    /// <summary>Bound and not used.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(InputObject), ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    private protected void Copy(Span<byte> bytes, bool writes)
    {
        if (Name is [var name])
        {
            BareCalls.CopyObject($"/dev/shm/{name}", bytes, writes);
        }
        else
        {
            BareCalls.CopySegment(int.Parse(Key[0], CultureInfo.InvariantCulture), bytes, writes);
        }
    }
}

/// <summary>Reads text.</summary>
[Cmdlet(VerbsCommunications.Read, "Bare", DefaultParameterSetName = nameof(Key))]
public sealed class ReadBareCommand : BareCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Span<byte> bytes = stackalloc byte[SharedText.Bytes];
        Copy(bytes, writes: false);
        WriteObject(Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]));
    }
}

/// <summary>Writes text.</summary>
[Cmdlet(VerbsCommunications.Write, "Bare", SupportsShouldProcess = true, DefaultParameterSetName = nameof(Key))]
public sealed class WriteBareCommand : BareCommand
{
    /// <summary>The text.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public object? Value { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Span<byte> bytes = stackalloc byte[SharedText.Bytes];
        Encoding.UTF8.GetBytes((string)((PSObject)PSObject.AsPSObject(Value)).BaseObject, bytes);
        if (ShouldProcess(Key is [var key] ? key : Name[0], "Write"))
        {
            Copy(bytes, writes: true);
        }
    }
}
