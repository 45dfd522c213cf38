using System.Management.Automation;
using System.Text;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Creates shared memory: a System V segment, a POSIX object, or a Windows section, which this process then holds.</summary>
[Cmdlet(VerbsCommon.New, "SharedMemory", SupportsShouldProcess = true)]
[OutputType(typeof(SharedMemoryInfo))]
public sealed class NewSharedMemoryCommand : SharedMemoryCommand
{
    private const string PrivateSet = "Private";
    private UnixFileMode _mode = UnixMode.Default;
    private ReadOnlyMemory<byte> _content;

    /// <summary>A System V segment that no key names (IPC_PRIVATE).</summary>
    [Parameter(Mandatory = true, ParameterSetName = PrivateSet)]
    public SwitchParameter Private { get; set; }

    /// <summary>The size in bytes: <c>4096</c>, <c>1KB</c>, <c>256MB</c>.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [NotNullArgument]
    public long Size { get; set; }

    /// <summary>Who may do what, in octal digits as chmod takes them; 0600 unless given. Windows has no mode.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NotNullArgument]
    public string Mode { get; set; } = "0600";

    /// <summary>
    /// The object by pipeline whose Key or Name, Size, and Mode are taken: a custom object, or what Get-SharedMemory gave. Another object, a file
    /// for one, is refused, whatever its properties are called.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Opens what is there instead of failing; the output's Created says which it was.</summary>
    [Parameter]
    public SwitchParameter AllowExisting { get; set; }

    /// <summary>What to write at the start: text, bytes, numbers, or arrays of them.</summary>
    [Parameter]
    [NotNullArgument]
    public object? Value { get; set; }

    /// <summary>The type that -Value is stored as, with the names of Read-SharedMemory -As.</summary>
    [Parameter]
    [NotNullArgument]
    public SharedMemoryDataType? As { get; set; }

    /// <summary>How text is encoded; UTF-8 unless given.</summary>
    [Parameter]
    [NotNullArgument]
    [EncodingTransformation]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    public Encoding Encoding { get; set; } = EncodingTransformationAttribute.Default;

    /// <summary>Leaves out the NUL after text.</summary>
    [Parameter]
    public SwitchParameter NoTerminator { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt((object?)InputObject ?? Mode, () =>
    {
        if (InputObject is { } given)
        {
            ObjectAddress.ThrowIfForeign(given);
        }

        _mode = ParseMode(Mode);
        Attempt(Target, () =>
        {
            _content = Value is null ? default : ValueArgument.Encode([PipelineValue.Unwrap(Value)], As, Encoding, !NoTerminator);
            if (Private)
            {
                Attempt(null, () => Process(IpcAddress.Private));
            }

            ProcessAddresses();
        });
    });

    // A row of a table or a snapshot may have the bits by name, as .NET writes them.
    private static UnixFileMode ParseMode(string text) =>
        text.Length > 0 && char.IsLetter(text[0]) && Enum.TryParse(text, out UnixFileMode named) ? named : UnixMode.Parse(text);

    private protected override void Process(IpcAddress address)
    {
        string target = Private ? "a private System V segment" : address.ToString();
        if (ShouldProcess(target, $"Create {Display.Size(Size)} of shared memory with mode {UnixMode.Format(_mode)}"))
        {
            using var progress = new ThrottledProgress(this, $"Reserving {address}");
            var request = new SharedMemoryRequest { Size = Size, Mode = _mode, AllowExisting = AllowExisting, Content = _content };
            SharedMemoryInfo info = SharedMemoryObject.Create(address, request, new ReservationProgress(progress, Size), StopToken);
            if (info.Created == true)
            {
                Own(info, static made => SharedMemoryObject.Remove(made.ToExactAddress()));
            }

            Explain($"{SharedMemoryText.Create(info.Kind)}: {(info.Created == true ? "created" : "opened what exists,")} {SharedMemoryText.Of(info)}{(info.Created == true && !_content.IsEmpty ? $"; wrote {Display.Bytes(_content.Length)} at offset 0" : "")}.");
            Deliver(info);
        }
    }

    private sealed class ReservationProgress(ThrottledProgress progress, long size) : IProgress<long>
    {
        public void Report(long value) =>
            progress.Report((double)value / size, () => $"{Display.Size(value)} of {Display.Size(size)}");
    }
}
