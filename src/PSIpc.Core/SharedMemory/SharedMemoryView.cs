using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PSIpc.Interop;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>What a view may do.</summary>
public enum SharedMemoryAccess
{
    /// <summary>Read and write.</summary>
    ReadWrite,

    /// <summary>Read only; enough for memory whose mode lets this user read and no more.</summary>
    Read,
}

/// <summary>Shared memory that is open: bytes go in and out at offsets, checked against the kernel's own size.</summary>
/// <remarks>
/// Spans and atomics need memory that is mapped into this process. Each of their methods throws an <see cref="IpcException"/>:
/// <see cref="IpcErrorReason.SharedMemoryNotMapped"/> where the memory is not mapped, as a POSIX object on Linux;
/// <see cref="IpcErrorReason.SharedMemoryOutOfRange"/> past the end; <see cref="IpcErrorReason.SharedMemoryAccessDenied"/> for a change
/// through a view for reading; and, for an atomic, <see cref="IpcErrorReason.SharedMemoryUnaligned"/> at an offset that isn't a multiple
/// of its width.
/// </remarks>
public abstract class SharedMemoryView : IDisposable
{
    private const int RecordChunkBytes = 256 << 10;
    private const int FirstTextChunk = 256;
    private const int LargestTextChunk = 1 << 20;
    private const int LargestText = 1 << 29;

    private readonly SharedMemoryAccess _access;

    private protected SharedMemoryView(IpcAddress address, SharedMemoryAccess access)
    {
        Address = address;
        _access = access;
    }

    /// <summary>What it was opened by.</summary>
    public IpcAddress Address { get; }

    /// <summary>Gets the kind: the name of an <see cref="IpcKind"/>.</summary>
    public string Kind => Address.Kind.ToString();

    /// <summary>The System V key of what is open, as it was then; 0 for a private segment.</summary>
    public virtual int? Key => null;

    /// <summary>Gets the System V key as ipcs(1) shows it: <c>0x000004d2</c>.</summary>
    public string? HexKey => Key is { } key ? SystemVKey.Format(key) : null;

    /// <summary>The System V id (shmid) of what is open, whatever it was opened by.</summary>
    public virtual int? Id => null;

    /// <summary>The name of a POSIX object or a Windows section.</summary>
    public string? Name => Address.Name;

    /// <summary>
    /// The address that means this memory, and no later one with the same key or name. A Windows section has no more than its name.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The view of a POSIX object is closed.</exception>
    public IpcAddress ToExactAddress() => Id is { } id ? IpcAddress.FromId(id) : Address with { File = File };

    /// <summary>What it may do.</summary>
    public string Access => _access.ToString();

    /// <summary>The size in bytes, as the kernel has it now; of a section, whole pages.</summary>
    /// <exception cref="ObjectDisposedException">The view is closed.</exception>
    public abstract long Size { get; }

    /// <summary>The file that is open, where the memory is one.</summary>
    private protected virtual FileId? File => null;

    /// <summary>Whether it was closed: nothing can be read or written any more.</summary>
    public abstract bool IsClosed { get; }

    /// <summary>Whether the memory was removed, or marked for it, since the view was opened.</summary>
    internal abstract bool IsRemoved { get; }

    /// <summary>Copies bytes out, exactly as many as the destination holds.</summary>
    /// <param name="offset">From where, in bytes from the start.</param>
    /// <param name="destination">Where to.</param>
    /// <exception cref="IpcException">The range reaches past the end, or another process truncated the object meanwhile.</exception>
    /// <exception cref="ObjectDisposedException">The view is closed.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination.Length);
        ReadCore(offset, destination);
    }

    /// <summary>Copies bytes in: all of them, or none when they do not fit.</summary>
    /// <param name="offset">Where to, in bytes from the start.</param>
    /// <param name="source">What to write.</param>
    /// <exception cref="IpcException">The value does not fit, or the view is for reading only.</exception>
    /// <exception cref="ObjectDisposedException">The view is closed.</exception>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (_access == SharedMemoryAccess.Read)
        {
            throw SharedMemoryErrors.ReadOnly(Address);
        }

        long size = Size;
        if (offset < 0 || offset > size)
        {
            throw SharedMemoryErrors.OutOfRange(Address, offset, source.Length, size);
        }

        if (source.Length > size - offset)
        {
            throw SharedMemoryErrors.ValueTooLarge(Address, offset, source.Length, size);
        }

        WriteCore(offset, source);
    }

    /// <summary>Copies a value out.</summary>
    /// <param name="offset">From where, in bytes from the start; alignment does not matter.</param>
    /// <typeparam name="T">A number, or a struct that has no reference in it.</typeparam>
    /// <exception cref="IpcException">The value reaches past the end, or another process truncated the object meanwhile.</exception>
    /// <exception cref="ObjectDisposedException">The view is closed.</exception>
    public T Read<T>(long offset)
        where T : unmanaged
    {
        T value = default;
        Read(offset, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>
    /// Copies a value in: all of it, or nothing when it does not fit. For a write that others see at once, use an atomic.
    /// </summary>
    /// <param name="offset">Where to, in bytes from the start; alignment does not matter.</param>
    /// <param name="value">What to write, padding included.</param>
    /// <typeparam name="T">A number, or a struct that has no reference in it.</typeparam>
    /// <exception cref="IpcException">The value does not fit, or the view is for reading only.</exception>
    /// <exception cref="ObjectDisposedException">The view is closed.</exception>
    public void Write<T>(long offset, T value)
        where T : unmanaged => Write(offset, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Reads text up to the first NUL, as C's <c>strcpy</c> would.</summary>
    /// <param name="offset">From where, in bytes.</param>
    /// <param name="count">At most how many bytes; without it, to the end.</param>
    /// <param name="encoding">How the text is encoded; its own width of NUL ends it.</param>
    /// <exception cref="IpcException">The range reaches past the end, or no NUL ends the text within 512 MiB.</exception>
    public string ReadText(long offset, long? count, Encoding encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        long left = CheckRange(offset, count);
        bool bounded = left <= LargestText;
        left = Math.Min(left, LargestText);
        int unit = encoding.GetByteCount("\0");
        byte[] chunk = ArrayPool<byte>.Shared.Rent(FirstTextChunk);
        try
        {
            // Chunks grow, so that a short text in a large segment costs a short read.
            int filled = 0;
            while (left > 0)
            {
                int wanted = (int)Math.Min(left, chunk.Length - filled);
                ReadCore(offset + filled, chunk.AsSpan(filled, wanted));
                left -= wanted;
                int start = filled / unit * unit;
                filled += wanted;
                int end = RecordText.IndexOfNul(chunk.AsSpan(start, filled - start), unit);
                if (end >= 0)
                {
                    return encoding.GetString(chunk, 0, start + end);
                }

                if (left > 0 && filled == chunk.Length)
                {
                    chunk = Grow(chunk, filled, left);
                }
            }

            return bounded ? encoding.GetString(chunk, 0, filled) : throw SharedMemoryErrors.TextTooLong(Address, offset, LargestText);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Says whether a range lies inside, and gives its length.</summary>
    /// <param name="offset">From where, in bytes.</param>
    /// <param name="count">How many bytes; without it, to the end.</param>
    /// <exception cref="IpcException">It does not.</exception>
    public long CheckRange(long offset, long? count)
    {
        long size = Size;
        return offset < 0 || offset > size || count < 0 || count > size - offset
            ? throw SharedMemoryErrors.OutOfRange(Address, offset, count ?? 0, size)
            : count ?? (size - offset);
    }

    /// <summary>What it was opened by.</summary>
    public override string ToString() => Address.ToString();

    /// <summary>Closes the view; a second time does nothing.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the view holds.</summary>
    /// <param name="disposing">Always true: handles end themselves.</param>
    protected abstract void Dispose(bool disposing);

    private protected abstract void ReadCore(long offset, Span<byte> destination);

    private protected abstract void WriteCore(long offset, ReadOnlySpan<byte> source);

    private static byte[] Grow(byte[] chunk, int filled, long left)
    {
        long larger = filled + Math.Min(left, Math.Clamp(filled * 4L, FirstTextChunk, LargestTextChunk));
        byte[] next = ArrayPool<byte>.Shared.Rent((int)Math.Min(larger, Array.MaxLength));
        chunk.AsSpan(0, filled).CopyTo(next);
        ArrayPool<byte>.Shared.Return(chunk);
        return next;
    }

    /// <summary>Reads records that lie one after another, a chunk at a time, as they are asked for.</summary>
    /// <param name="layout">The layout of each record.</param>
    /// <param name="offset">Where the first record begins, in bytes from the start.</param>
    /// <param name="count">How many records, from 0.</param>
    /// <param name="encoding">The encoding of text in arrays of <c>char</c>. The default is UTF-8.</param>
    /// <returns>The records. The view must stay open until the last one is read.</returns>
    /// <exception cref="IpcException">
    /// Thrown at once, and not with the first record, when not even one record fits
    /// (<see cref="IpcErrorReason.LayoutLargerThanMemory"/>), or not as many (<see cref="IpcErrorReason.SharedMemoryOutOfRange"/>).
    /// </exception>
    /// <exception cref="ObjectDisposedException">The view is closed.</exception>
    public IEnumerable<MemoryRecord> ReadRecords(MemoryLayout layout, long offset = 0, long count = 1, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        CheckRoom(layout, offset, count, IpcErrorReason.SharedMemoryOutOfRange);
        return ReadChunks(RecordType.Of(layout), offset, count, encoding);
    }

    /// <summary>Writes all records, or none when they do not fit. The bytes of fields that were not given are not touched.</summary>
    /// <param name="records">The records.</param>
    /// <param name="offset">Where the first record begins, in bytes from the start.</param>
    /// <exception cref="IpcException">The records do not fit, or the view is for reading only.</exception>
    /// <exception cref="ObjectDisposedException">The view is closed.</exception>
    public void WriteRecords(EncodedRecords records, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(records);
        CheckRoom(records.Layout, offset, records.Count, IpcErrorReason.SharedMemoryValueTooLarge);
        foreach ((int start, ReadOnlyMemory<byte> bytes) in records.Parts)
        {
            Write(offset + start, bytes.Span);
        }
    }

    private void CheckRoom(MemoryLayout layout, long offset, long count, IpcErrorReason reason)
    {
        long room = CheckRange(offset, null);
        if (count < 0 || (count > 0 && count > room / layout.Size))
        {
            throw layout.Size > room
                ? SharedMemoryErrors.LayoutTooLarge(Address, layout, offset, room)
                : SharedMemoryErrors.TooManyRecords(reason, Address, layout, offset, count, room);
        }
    }

    private IEnumerable<MemoryRecord> ReadChunks(RecordType type, long offset, long count, Encoding? encoding)
    {
        int size = type.Layout.Size;
        byte[] chunk = new byte[size * Math.Min(count, Math.Max(1, RecordChunkBytes / size))];
        for (int records; count > 0; count -= records, offset += records * (long)size)
        {
            records = (int)Math.Min(count, chunk.Length / size);
            Read(offset, chunk.AsSpan(0, records * size));
            for (int i = 0; i < records; i++)
            {
                yield return type.Read(chunk.AsSpan(i * size, size), encoding);
            }
        }
    }

    /// <summary>The mapping, where there is one.</summary>
    private protected virtual SafeHandle? Mapping => null;

    /// <summary>Reads the memory itself, without a copy. The span ends with the action, and the memory stays attached until then.</summary>
    /// <param name="offset">From where, in bytes from the start.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="state">What the action is given besides.</param>
    /// <param name="action">What to do.</param>
    /// <typeparam name="TState">The state's type.</typeparam>
    public unsafe void UseReadOnlySpan<TState>(long offset, int length, TState state, ReadOnlySpanAction<byte, TState> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        using MappingReference hold = Hold(offset, length, SharedMemoryAccess.Read);
        action(new ReadOnlySpan<byte>(hold.Pointer + offset, length), state);
    }

    /// <summary>
    /// Reads and changes the memory itself, without a copy. The span ends with the action, and the memory stays attached until then.
    /// </summary>
    /// <param name="offset">From where, in bytes from the start.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="state">What the action is given besides.</param>
    /// <param name="action">What to do.</param>
    /// <typeparam name="TState">The state's type.</typeparam>
    public unsafe void UseSpan<TState>(long offset, int length, TState state, SpanAction<byte, TState> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        using MappingReference hold = Hold(offset, length, SharedMemoryAccess.ReadWrite);
        action(new Span<byte>(hold.Pointer + offset, length), state);
    }

    /// <summary>Reads 32 bits at once; nothing that this thread does afterwards is done before (acquire).</summary>
    /// <param name="offset">A multiple of 4.</param>
    public unsafe int AtomicLoadInt32(long offset)
    {
        using MappingReference hold = HoldAtomic<int>(offset, SharedMemoryAccess.Read);
        return Volatile.Read(ref *(int*)(hold.Pointer + offset));
    }

    /// <summary>Reads 64 bits at once; nothing that this thread does afterwards is done before (acquire).</summary>
    /// <param name="offset">A multiple of 8.</param>
    public unsafe long AtomicLoadInt64(long offset)
    {
        using MappingReference hold = HoldAtomic<long>(offset, SharedMemoryAccess.Read);
        return Volatile.Read(ref *(long*)(hold.Pointer + offset));
    }

    /// <summary>Writes 32 bits at once, as a full fence.</summary>
    /// <param name="offset">A multiple of 4.</param>
    /// <param name="value">What to write.</param>
    public unsafe void AtomicStoreInt32(long offset, int value)
    {
        using MappingReference hold = HoldAtomic<int>(offset, SharedMemoryAccess.ReadWrite);
        Interlocked.Exchange(ref *(int*)(hold.Pointer + offset), value);
    }

    /// <summary>Writes 64 bits at once, as a full fence.</summary>
    /// <param name="offset">A multiple of 8.</param>
    /// <param name="value">What to write.</param>
    public unsafe void AtomicStoreInt64(long offset, long value)
    {
        using MappingReference hold = HoldAtomic<long>(offset, SharedMemoryAccess.ReadWrite);
        Interlocked.Exchange(ref *(long*)(hold.Pointer + offset), value);
    }

    /// <summary>Adds to 32 bits at once, as a full fence; an overflow wraps around.</summary>
    /// <param name="offset">A multiple of 4.</param>
    /// <param name="value">What to add; may be negative.</param>
    /// <returns>The sum.</returns>
    public unsafe int AtomicAddInt32(long offset, int value)
    {
        using MappingReference hold = HoldAtomic<int>(offset, SharedMemoryAccess.ReadWrite);
        return Interlocked.Add(ref *(int*)(hold.Pointer + offset), value);
    }

    /// <summary>Adds to 64 bits at once, as a full fence; an overflow wraps around.</summary>
    /// <param name="offset">A multiple of 8.</param>
    /// <param name="value">What to add; may be negative.</param>
    /// <returns>The sum.</returns>
    public unsafe long AtomicAddInt64(long offset, long value)
    {
        using MappingReference hold = HoldAtomic<long>(offset, SharedMemoryAccess.ReadWrite);
        return Interlocked.Add(ref *(long*)(hold.Pointer + offset), value);
    }

    /// <summary>Writes 32 bits if they are what is expected, at once, as a full fence.</summary>
    /// <param name="offset">A multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <param name="expected">What must be there.</param>
    /// <returns>What was there: <paramref name="expected"/> when it was written.</returns>
    public unsafe int AtomicCompareExchangeInt32(long offset, int value, int expected)
    {
        using MappingReference hold = HoldAtomic<int>(offset, SharedMemoryAccess.ReadWrite);
        return Interlocked.CompareExchange(ref *(int*)(hold.Pointer + offset), value, expected);
    }

    /// <summary>Writes 64 bits if they are what is expected, at once, as a full fence.</summary>
    /// <param name="offset">A multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <param name="expected">What must be there.</param>
    /// <returns>What was there: <paramref name="expected"/> when it was written.</returns>
    public unsafe long AtomicCompareExchangeInt64(long offset, long value, long expected)
    {
        using MappingReference hold = HoldAtomic<long>(offset, SharedMemoryAccess.ReadWrite);
        return Interlocked.CompareExchange(ref *(long*)(hold.Pointer + offset), value, expected);
    }

    // A mapping begins at a page, so what is aligned from its start is aligned in memory.
    private MappingReference HoldAtomic<T>(long offset, SharedMemoryAccess access)
    {
        MappingReference hold = Hold(offset, Unsafe.SizeOf<T>(), access);
        if (offset % Unsafe.SizeOf<T>() == 0)
        {
            return hold;
        }

        hold.Dispose();
        throw SharedMemoryErrors.Unaligned(Address, offset, Unsafe.SizeOf<T>());
    }

    private MappingReference Hold(long offset, int length, SharedMemoryAccess access)
    {
        CheckRange(offset, length);
        if (access == SharedMemoryAccess.ReadWrite && _access == SharedMemoryAccess.Read)
        {
            throw SharedMemoryErrors.ReadOnly(Address);
        }

        return new MappingReference(Mapping ?? throw SharedMemoryErrors.NotMapped(Address));
    }
}

/// <summary>A view of memory that is mapped and whose size never changes, so that a copy inside it cannot fault.</summary>
internal abstract class MappedView(IpcAddress address, SharedMemoryAccess access, SafeHandle mapping, long size)
    : SharedMemoryView(address, access)
{
    public sealed override bool IsClosed => mapping.IsClosed;

    public sealed override long Size
    {
        get
        {
            ObjectDisposedException.ThrowIf(mapping.IsClosed, this);
            return size;
        }
    }

    private protected sealed override SafeHandle? Mapping => mapping;

    protected sealed override void Dispose(bool disposing) => mapping.Dispose();

    private protected sealed override unsafe void ReadCore(long offset, Span<byte> destination)
    {
        using var hold = new MappingReference(mapping);
        new ReadOnlySpan<byte>(hold.Pointer + offset, destination.Length).CopyTo(destination);
    }

    private protected sealed override unsafe void WriteCore(long offset, ReadOnlySpan<byte> source)
    {
        using var hold = new MappingReference(mapping);
        source.CopyTo(new Span<byte>(hold.Pointer + offset, source.Length));
    }
}
