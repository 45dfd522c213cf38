using System.Management.Automation;
using System.Text;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>The base of cmdlets that read, write, or compare the content of shared memory: where it begins and what form it has.</summary>
public abstract class SharedMemoryContentCommand : SharedMemoryCommand
{
    /// <summary>Where to begin, in bytes from the start. The default is 0.</summary>
    [Parameter]
    [NotNullArgument]
    public long Offset { get; set; }

    /// <summary>How text is encoded: a name (utf8, ascii, unicode, …), a code page, or an Encoding. The default is UTF-8.</summary>
    [Parameter]
    [NotNullArgument]
    [EncodingTransformation]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding Encoding { get; set; } = EncodingTransformationAttribute.Default;

    /// <summary>The form of one record: C declarations (<c>'int32_t id; char name[32];'</c>), or a .NET struct or its name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LayoutCompleter))]
    public object? Layout { get; set; }

    /// <summary>The layout that <see cref="Layout"/> describes, or null without one.</summary>
    private protected MemoryLayout? RecordLayout { get; private set; }

    /// <summary>
    /// What an error about a value is about. It is never the value, because errors are shown and logged with their target.
    /// </summary>
    private protected object Target => Key.Length > 0 ? Key : Name;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Layout is null)
        {
            return;
        }

        try
        {
            RecordLayout = LayoutArgument.Read(Layout);
        }
        catch (IpcException exception)
        {
            ThrowTerminatingError(exception, Layout);
        }
    }

    /// <summary>Opens the memory at an address, does this cmdlet's work, and closes it again.</summary>
    private protected void ProcessOpened(IpcAddress address, SharedMemoryAccess access)
    {
        using (SharedMemoryView view = SharedMemoryObject.Open(address, access))
        {
            WriteVerbose($"{SystemCallNames.ForOpen(address.Kind)}: opened {SharedMemoryText.Of(view.ToExactAddress())}.");
            ProcessView(view);
        }

        WriteVerbose($"{SystemCallNames.ForClose(address.Kind)}: closed {address} again.");
    }

    /// <exception cref="IpcException">A value is no record of the layout.</exception>
    private protected EncodedRecords EncodeRecords(MemoryLayout layout, IEnumerable<object?> values) =>
        new RecordWriter(layout, Encoding, RecordValue.Unwrap).Encode([.. values.SelectMany(RecordValue.Flatten)]);

    private protected bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Ends the cmdlet when two parameters are given that exclude each other.</summary>
    private protected void ThrowIfBoundTogether(string parameter, string other, string why)
    {
        if (IsBound(parameter) && IsBound(other))
        {
            ThrowConflict($"-{parameter} {why}: leave out -{other}.", MyInvocation.BoundParameters[other]);
        }
    }

    /// <summary>Ends the cmdlet when a parameter is given without any of the parameters that it depends on.</summary>
    private protected void ThrowIfBoundWithout(string parameter, params string[] others)
    {
        if (IsBound(parameter) && !others.Any(IsBound))
        {
            ThrowConflict($"-{parameter} can be used only together with -{string.Join(" or -", others)}.", parameter);
        }
    }

    /// <summary>Ends the cmdlet: the parameters contradict each other.</summary>
    private protected void ThrowConflict(string message, object target) => ThrowTerminatingError(
        new ErrorRecord(new PSArgumentException(message), "ParameterConflict", ErrorCategory.InvalidArgument, target));
}
