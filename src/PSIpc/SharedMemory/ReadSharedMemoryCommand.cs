using System.Management.Automation;
using PSIpc.Layout.Records;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Reads text, bytes, numbers or records from shared memory.</summary>
[Cmdlet(VerbsCommunications.Read, "SharedMemory", DefaultParameterSetName = KeySet)]
[OutputType(typeof(string), typeof(byte[]), typeof(int), typeof(long), typeof(double), typeof(MemoryRecord))]
public sealed class ReadSharedMemoryCommand : SharedMemoryContentCommand
{
    /// <summary>
    /// How many bytes of text or bytes, or how many numbers or records; to the end unless given, and one number or record.
    /// </summary>
    [Parameter]
    [NotNullArgument]
    public long? Count { get; set; }

    /// <summary>What to read; text up to the first NUL unless given.</summary>
    [Parameter]
    [NotNullArgument]
    public SharedMemoryDataType As { get; set; }

    /// <summary>An array to fill instead of making a new one.</summary>
    [Parameter]
    [NotNullArgument]
    public Array? Destination { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        ThrowIfBoundTogether(nameof(Destination), nameof(As), "takes the type of its own elements");
        ThrowIfBoundTogether(nameof(Layout), nameof(As), "says what is read");
        ThrowIfBoundTogether(nameof(Layout), nameof(Destination), "gives objects of its own");
        base.BeginProcessing();
    }

    private protected override void ProcessAddress(IpcAddress address) => ProcessOpened(address, SharedMemoryAccess.Read);

    private protected override void ProcessView(SharedMemoryView view)
    {
        WriteVerbose($"Reads {What()}, at offset {Offset} of {view}, {Display.Bytes(view.Size)}.");
        if (RecordLayout is not null)
        {
            // One by one: PowerShell enumerates a collection to its end before the next command gets the first element.
            foreach (MemoryRecord record in view.ReadRecords(RecordLayout, Offset, Count ?? 1, Encoding))
            {
                WriteObject(record);
            }
        }
        else if (Destination is not null)
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

    private string What() =>
        RecordLayout is { } layout ? $"{Count ?? 1} records of {Display.Bytes(layout.Size)}"
        : Destination is not null ? $"into {Destination.GetType()}"
        : As switch
        {
            SharedMemoryDataType.String => $"text up to its NUL, as {Encoding.WebName}",
            SharedMemoryDataType.Bytes => Count is { } count ? Display.Bytes(count) : "every byte",
            _ => $"{Count ?? 1} of {As}",
        };
}
