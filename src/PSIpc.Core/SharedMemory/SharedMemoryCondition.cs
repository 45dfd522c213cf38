using System.Globalization;
using PSIpc.Layout.Records;
using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>A condition of shared memory that a wait waits for.</summary>
public abstract class SharedMemoryCondition
{
    private const int ChunkBytes = 64 << 10;

    private readonly string _words;

    private SharedMemoryCondition(string words) => _words = words;

    /// <summary>
    /// Gets the condition that the memory exists and has a size: shm_open(3) creates an empty POSIX object, and ftruncate(2) sets the size
    /// later.
    /// </summary>
    public static SharedMemoryCondition Exists { get; } = new Presence(
        "to exist",
        static (address, presence) => presence is null && address.IsExact
            ? throw SharedMemoryErrors.NotFound(address)
            : presence is { Size: > 0 });

    /// <summary>Gets the condition that no memory has the name or key, or that the segment is marked for removal.</summary>
    public static SharedMemoryCondition Removed { get; } = new Presence("to be removed", static (_, presence) => presence is null);

    /// <summary>Gets whether the condition reads the content of the memory, and not only its status.</summary>
    internal virtual bool ReadsContent => false;

    /// <summary>Returns the condition that a System V segment has an exact number of attachments.</summary>
    /// <param name="count">The number of attachments.</param>
    public static SharedMemoryCondition Attached(long count) => new Presence(
        string.Create(CultureInfo.InvariantCulture, $"to have {Plural(count, "attachment")}"),
        (address, presence) => presence is not { } present ? throw SharedMemoryErrors.NotFound(address)
            : present.AttachCount is { } attached ? attached == count
            : throw SharedMemoryErrors.AttachmentsNotCounted(address));

    /// <summary>
    /// Returns the condition that bytes differ from those at the start of the wait. A change that is undone between two probes is not
    /// noticed.
    /// </summary>
    /// <param name="offset">The offset of the first byte.</param>
    /// <param name="count">The number of bytes. By default, all bytes to the end.</param>
    public static SharedMemoryCondition Changed(long offset = 0, long? count = null) => new Change(offset, count);

    /// <summary>Returns the condition that the memory has these bytes at an offset.</summary>
    /// <param name="offset">The offset in bytes.</param>
    /// <param name="value">The bytes, as <see cref="SharedMemoryValue.Encode"/> makes them.</param>
    public static SharedMemoryCondition Holds(long offset, ReadOnlyMemory<byte> value) => new Content(
        string.Create(CultureInfo.InvariantCulture, $"to hold the value of {value.Length} bytes at offset {offset}"),
        offset,
        value.Length,
        memory => memory.SequenceEqual(value.Span));

    /// <summary>
    /// Returns the condition that the given fields have these values. Numbers are compared byte for byte, and texts up to their NUL. Other
    /// fields do not matter.
    /// </summary>
    /// <param name="offset">The offset of the first record in bytes.</param>
    /// <param name="records">The records.</param>
    /// <exception cref="IpcException">Thrown when no field is given (<see cref="IpcErrorReason.LayoutValueInvalid"/>).</exception>
    public static SharedMemoryCondition Holds(long offset, EncodedRecords records)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (records.IsEmpty)
        {
            throw new IpcException(IpcErrorReason.LayoutValueInvalid, "No field is given: there is nothing to wait for.");
        }

        return new Content(
            string.Create(
                CultureInfo.InvariantCulture,
                $"to hold the given fields of {Plural(records.Count, "record")} of {records.Layout.Size} bytes at offset {offset}"),
            offset,
            records.Length,
            records.Match);
    }

    /// <summary>Returns the condition in words that end a sentence: <c>to exist</c>.</summary>
    public sealed override string ToString() => _words;

    private static string Plural(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>Returns a probe of the status of the memory at an address.</summary>
    internal virtual WaitProbe Watch(SharedMemoryBackend backend, IpcAddress address) => throw new NotSupportedException();

    /// <summary>Returns a probe of the content of open memory.</summary>
    internal virtual WaitProbe Watch(SharedMemoryView view) => throw new NotSupportedException();

    private sealed class Presence(string words, Func<IpcAddress, ProbeResult?, bool> isMet) : SharedMemoryCondition(words)
    {
        internal override WaitProbe Watch(SharedMemoryBackend backend, IpcAddress address) => (out long fingerprint) =>
        {
            ProbeResult? presence = backend.Probe(address);
            fingerprint = presence.GetHashCode();
            return isMet(address, presence);
        };
    }

    private sealed class Change(long offset, long? count) : SharedMemoryCondition("to change")
    {
        internal override bool ReadsContent => true;

        internal override WaitProbe Watch(SharedMemoryView view)
        {
            long size = view.Size;
            byte[] before = (byte[])SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Bytes, offset, view.CheckRange(offset, count));
            byte[] chunk = new byte[Math.Min(before.Length, ChunkBytes)];
            return (out long fingerprint) =>
            {
                fingerprint = 0;
                return view.Size != size || Differs(view, before, chunk);
            };
        }

        private bool Differs(SharedMemoryView view, byte[] before, byte[] chunk)
        {
            for (int start = 0; start < before.Length; start += chunk.Length)
            {
                ReadOnlySpan<byte> expected = before.AsSpan(start, Math.Min(chunk.Length, before.Length - start));
                Span<byte> actual = chunk.AsSpan(0, expected.Length);
                view.Read(offset + start, actual);
                if (!expected.SequenceEqual(actual))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private delegate bool ContentTest(ReadOnlySpan<byte> memory);

    private sealed class Content(string words, long offset, int length, ContentTest isMet) : SharedMemoryCondition(words)
    {
        internal override bool ReadsContent => true;

        internal override WaitProbe Watch(SharedMemoryView view)
        {
            byte[] actual = new byte[length];
            return (out long fingerprint) =>
            {
                view.Read(offset, actual);
                var hash = default(HashCode);
                hash.AddBytes(actual);
                fingerprint = hash.ToHashCode();
                return isMet(actual);
            };
        }
    }
}
