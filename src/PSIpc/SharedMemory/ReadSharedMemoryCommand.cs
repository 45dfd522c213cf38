using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Reads text, bytes or numbers from shared memory.</summary>
[Cmdlet(VerbsCommunications.Read, "SharedMemory", DefaultParameterSetName = KeySet)]
[OutputType(typeof(string), typeof(byte[]), typeof(int), typeof(long), typeof(double))]
public sealed class ReadSharedMemoryCommand : SharedMemoryDataCommand
{
    /// <summary>How many bytes of text or bytes, or how many numbers; to the end unless given, and one number.</summary>
    [Parameter]
    public long? Count { get; set; }

    /// <summary>What to read; text up to the first NUL unless given.</summary>
    [Parameter]
    public SharedMemoryDataType As { get; set; }

    /// <summary>An array to fill instead of making a new one.</summary>
    [Parameter]
    public Array? Destination { get; set; }

    private protected override SharedMemoryAccess Access => SharedMemoryAccess.Read;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Destination is not null && MyInvocation.BoundParameters.ContainsKey(nameof(As)))
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("-Destination takes the type of its own elements: leave out -As."), "ParameterConflict", ErrorCategory.InvalidArgument, As));
        }
    }

    private protected override void Process(SharedMemoryView view)
    {
        if (Destination is not null)
        {
            SharedMemoryValue.ReadInto(view, Offset, Count, Destination);
        }
        else if (As == SharedMemoryDataType.String)
        {
            WriteObject(view.ReadText(Offset, Count, Encoding));
        }
        else if (As == SharedMemoryDataType.Bytes)
        {
            WriteObject(SharedMemoryValue.ReadArray(view, As, Offset, view.CheckRange(Offset, Count)), enumerateCollection: false);
        }
        else
        {
            WriteObject(SharedMemoryValue.ReadArray(view, As, Offset, Count ?? 1), enumerateCollection: true);
        }
    }
}
