using System.Management.Automation;
using System.Text;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Creates shared memory: a System V segment, a POSIX object, or a Windows section, which this process then holds.</summary>
[Cmdlet(VerbsCommon.New, "SharedMemory", SupportsShouldProcess = true)]
[OutputType(typeof(SharedMemoryInfo))]
public sealed class NewSharedMemoryCommand : IpcCommand
{
    private const string KeySet = "Key";
    private const string NameSet = "Name";
    private const string PrivateSet = "Private";

    /// <summary>System V keys: <c>1234</c>, <c>'0x4d2'</c>, <c>'ftok:PATH,PROJECT'</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = KeySet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[] Key { get; set; } = [];

    /// <summary>Names of POSIX objects, or of named sections on Windows.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NameSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SharedMemoryNameCompleter))]
    public string[] Name { get; set; } = [];

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
    /// The object by pipeline whose Key or Name, Size, and Mode are taken: a custom object, or what Get-SharedMemory gave. Another object,
    /// a file
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

    // What an error about the request is about, which can have a value in it that is not shown.
    private object? Target => Key.Length > 0 ? Key : Name.Length > 0 ? Name : null;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        SharedMemoryRequest? request = null;
        RunItem(InputObject ?? Target, () => request = ReadRequest());
        if (request is null)
        {
            return;
        }

        if (Private)
        {
            RunItem(null, () => Create(IpcAddress.Private, request));
        }

        foreach (string key in Key)
        {
            RunItem(key, () => Create(IpcAddress.FromKey(SystemVKey.Parse(key)), request));
        }

        foreach (string name in Name)
        {
            RunItem(name, () => Create(IpcAddress.FromName(name), request));
        }
    }

    private SharedMemoryRequest ReadRequest()
    {
        if (InputObject is { } given)
        {
            ObjectAddress.ThrowIfForeign(given);
        }

        return new()
        {
            Size = Size,
            Mode = UnixMode.Parse(Mode),
            AllowExisting = AllowExisting,
            Content = Value is null ? default : ValueArgument.Encode([PipelineValue.Unwrap(Value)], As, Encoding, !NoTerminator),
        };
    }

    private void Create(IpcAddress address, SharedMemoryRequest request)
    {
        string target = Private ? "a private System V segment" : address.ToString();
        if (!ShouldProcess(target, $"Create {Display.Size(Size)} of shared memory with mode {UnixMode.ToOctal(request.Mode)}"))
        {
            return;
        }

        using var progress = new ThrottledProgress(this, $"Reserving {address}");
        SharedMemoryInfo info = SharedMemoryObject.Create(address, request, new ReservationProgress(progress, Size), StopToken);
        bool isNew = info.Created == true;
        if (isNew)
        {
            Own(info, static made => SharedMemoryObject.Remove(made.ToExactAddress()));
        }

        string written = isNew && !request.Content.IsEmpty ? $"; wrote {Display.Bytes(request.Content.Length)} at offset 0" : "";
        WriteVerbose(
            $"{SystemCallNames.ForCreate(address.Kind)}: {(isNew ? "created" : "opened what exists,")} "
                + $"{SharedMemoryText.Of(info)}{written}.");
        Deliver(info);
    }

    private sealed class ReservationProgress(ThrottledProgress progress, long size) : IProgress<long>
    {
        public void Report(long value) =>
            progress.Report((double)value / size, () => $"{Display.Size(value)} of {Display.Size(size)}");
    }
}
