using System.Globalization;
using PSIpc.Layout.Records;
using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>What shared memory can be waited for.</summary>
public abstract class SharedMemoryCondition
{
    private const int ChunkBytes = 64 << 10;

    private readonly string _words;

    private SharedMemoryCondition(string words) => _words = words;

    /// <summary>It exists, and has its size: <c>shm_open</c> makes a POSIX object empty, and <c>ftruncate</c> sizes it later.</summary>
    public static SharedMemoryCondition Exists { get; } = new Presence(
        "to exist",
        static (address, presence) => presence is null && address.IsExact
            ? throw SharedMemoryErrors.NotFound(address)
            : presence is { Size: > 0 });

    /// <summary>It is removed: nothing has the name or key any more, or the segment is marked for removal.</summary>
    public static SharedMemoryCondition Removed { get; } = new Presence("to be removed", static (_, presence) => presence is null);

    /// <summary>Content is read, and not only what the system knows of the memory.</summary>
    internal virtual bool ReadsContent => false;

    /// <summary>A System V segment has exactly this many attachments.</summary>
    /// <param name="count">How many.</param>
    public static SharedMemoryCondition Attached(long count) => new Presence(
        string.Create(CultureInfo.InvariantCulture, $"to have {Plural(count, "attachment")}"),
        (address, presence) => presence is not { } present ? throw SharedMemoryErrors.NotFound(address)
            : present.AttachCount is { } attached ? attached == count
            : throw SharedMemoryErrors.AttachmentsNotCounted(address));

    /// <summary>The bytes differ from those at the beginning of the wait; what changes back between two looks is not seen.</summary>
    /// <param name="offset">From where, in bytes.</param>
    /// <param name="count">How many bytes; without it, to the end.</param>
    public static SharedMemoryCondition Changed(long offset = 0, long? count = null) => new Change(offset, count);

    /// <summary>These bytes are there.</summary>
    /// <param name="offset">Where, in bytes from the start.</param>
    /// <param name="value">The bytes, as <see cref="SharedMemoryValue.Encode"/> makes them.</param>
    public static SharedMemoryCondition Holds(long offset, ReadOnlyMemory<byte> value) => new Content(
        string.Create(CultureInfo.InvariantCulture, $"to hold the value of {value.Length} bytes at offset {offset}"),
        offset,
        value.Length,
        memory => memory.SequenceEqual(value.Span));

    /// <summary>
    /// The fields that were given have these values: numbers byte for byte, texts to their NUL. Other fields may be anything.
    /// </summary>
    /// <param name="offset">Where the first record begins, in bytes from the start.</param>
    /// <param name="records">The records.</param>
    /// <exception cref="IpcException">No field was given.</exception>
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

    /// <summary>The condition in words that end a sentence: <c>to exist</c>.</summary>
    public sealed override string ToString() => _words;

    private static string Plural(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>Begins to watch the system's knowledge of the memory at an address.</summary>
    internal virtual WaitProbe Watch(SharedMemoryBackend backend, IpcAddress address) => throw new NotSupportedException();

    /// <summary>Begins to watch the content of open memory.</summary>
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
