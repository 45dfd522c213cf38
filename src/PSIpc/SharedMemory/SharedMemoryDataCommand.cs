using System.Management.Automation;
using System.Text;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>What moves bytes: opens for each address and closes again, or uses the view that the caller keeps open.</summary>
public abstract class SharedMemoryDataCommand : ExistingSharedMemoryCommand
{
    /// <summary>Where to begin, in bytes from the start; 0 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    public long Offset { get; set; }

    /// <summary>How text is encoded: a name (utf8, ascii, unicode, …), a code page, or an Encoding; UTF-8 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    [EncodingTransformation]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding Encoding { get; set; } = EncodingTransformationAttribute.Default;

    private protected abstract SharedMemoryAccess Access { get; }

    private protected override void Process(IpcAddress address)
    {
        using (SharedMemoryView view = SharedMemoryObject.Open(address, Access))
        {
            Explain($"{SharedMemoryText.Open(view.Kind)}: opened {SharedMemoryText.Of(view.ExactAddress)}.");
            Process(view);
        }

        Explain($"{SharedMemoryText.Close(address.Kind)}: closed {address} again.");
    }

    private protected abstract override void Process(SharedMemoryView view);
}
