using System.Management.Automation;
using System.Text;

namespace PSIpc.Commands;

/// <summary>What moves bytes: opens for each address and closes again, or uses the view that the caller keeps open.</summary>
public abstract class SharedMemoryDataCommand : ExistingSharedMemoryCommand
{
    /// <summary>Where to begin, in bytes from the start; 0 unless given.</summary>
    [Parameter]
    public long Offset { get; set; }

    /// <summary>What one record looks like: C declarations (<c>'int32_t id; char name[32];'</c>), or a .NET struct or its name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object? Layout { get; set; }

    /// <summary>How text is encoded: a name (utf8, ascii, unicode, …), a code page, or an Encoding; UTF-8 unless given.</summary>
    [Parameter]
    [EncodingTransformation]
    public Encoding Encoding { get; set; } = EncodingTransformationAttribute.Default;

    private protected abstract SharedMemoryAccess Access { get; }

    /// <summary>What -Layout means, or null without one.</summary>
    private protected MemoryLayout? RecordLayout { get; private set; }

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

    /// <summary>Ends the cmdlet when two parameters are given that mean different things.</summary>
    private protected void Refuse(string parameter, string other, string why)
    {
        Dictionary<string, object> bound = MyInvocation.BoundParameters;
        if (bound.ContainsKey(parameter) && bound.TryGetValue(other, out object? given))
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException($"-{parameter} {why}: leave out -{other}."), "ParameterConflict", ErrorCategory.InvalidArgument, given));
        }
    }

    private protected override void Process(SharedMemoryAddress address)
    {
        using SharedMemoryView view = PSIpc.SharedMemory.Open(address, Access);
        Process(view);
    }

    private protected abstract override void Process(SharedMemoryView view);
}
