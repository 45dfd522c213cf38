using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PSIpc.Interop;

namespace PSIpc.SharedMemory;

/// <summary>What only memory that is mapped into this process can do: work in place, and atomics.</summary>
/// <remarks>
/// Every method here throws an <see cref="IpcException"/>: <see cref="IpcErrorReason.SharedMemoryNotMapped"/> where the memory is not mapped,
/// which POSIX objects are on macOS alone, <see cref="IpcErrorReason.SharedMemoryOutOfRange"/> past the end,
/// <see cref="IpcErrorReason.SharedMemoryAccessDenied"/> for a change through a view for reading; and, for an atomic,
/// <see cref="IpcErrorReason.SharedMemoryUnaligned"/> at an offset that is no multiple of its width.
/// </remarks>
public abstract partial class SharedMemoryView
{
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

    /// <summary>Reads and changes the memory itself, without a copy. The span ends with the action, and the memory stays attached until then.</summary>
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
