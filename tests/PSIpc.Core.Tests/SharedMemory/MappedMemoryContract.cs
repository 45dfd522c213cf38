using PSIpc.Objects;
using PSIpc.SharedMemory;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>The contract, and what only memory that is mapped has: atomics and spans.</summary>
public abstract class MappedMemoryContract : SharedMemoryContract
{
    [Fact]
    public void Atomics_are_aligned_numbers_in_the_memory_itself()
    {
        IpcAddress address = NewAddress();
        Create(address, 20);
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        using SharedMemoryView other = SharedMemoryObject.Open(address, SharedMemoryAccess.Read);

        view.AtomicStoreInt32(4, -2);
        Assert.Equal((-2, -2, -2), (view.AtomicLoadInt32(4), other.AtomicLoadInt32(4), other.Read<int>(4)));
        Assert.Equal(1, view.AtomicAddInt32(4, 3));
        Assert.Equal(1, view.AtomicCompareExchangeInt32(4, 9, 1));
        Assert.Equal(9, view.AtomicCompareExchangeInt32(4, 5, 1));
        Assert.Equal(9, other.AtomicLoadInt32(4));
        Assert.Equal(int.MinValue, view.AtomicAddInt32(16, int.MinValue));

        view.AtomicStoreInt64(8, long.MaxValue);
        Assert.Equal((long.MaxValue, long.MaxValue), (view.AtomicLoadInt64(8), other.AtomicLoadInt64(8)));
        Assert.Equal(long.MinValue, view.AtomicAddInt64(8, 1));
        Assert.Equal(long.MinValue, view.AtomicCompareExchangeInt64(8, 1L << 40, long.MinValue));
        Assert.Equal(1L << 40, view.AtomicCompareExchangeInt64(8, 5, 1));
        Assert.Equal(1L << 40, other.AtomicLoadInt64(8));
    }

    [Fact]
    public void Atomics_that_are_unaligned_outside_or_on_a_view_for_reading_are_refused_and_change_nothing()
    {
        IpcAddress address = NewAddress();
        Create(address, 20);
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        using SharedMemoryView reader = SharedMemoryObject.Open(address, SharedMemoryAccess.Read);

        Throws.Ipc(IpcErrorReason.SharedMemoryUnaligned, () => view.AtomicLoadInt32(2), "Offset 2", "multiple of 4");
        Throws.Ipc(IpcErrorReason.SharedMemoryUnaligned, () => view.AtomicAddInt64(4, 1), "Offset 4", "multiple of 8");
        Throws.Ipc(IpcErrorReason.SharedMemoryUnaligned, () => view.AtomicStoreInt32(1, 1));
        Throws.Ipc(IpcErrorReason.SharedMemoryUnaligned, () => view.AtomicCompareExchangeInt64(1, 1, 0));
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.AtomicAddInt64(view.Size & ~7, 1), $"{SizeOf(20)} bytes");
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.AtomicLoadInt32(-4));
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.AtomicStoreInt32(long.MaxValue - 3, 1));
        Throws.Ipc(IpcErrorReason.SharedMemoryAccessDenied, () => reader.AtomicAddInt32(0, 1), "reading only");
        Throws.Ipc(IpcErrorReason.SharedMemoryAccessDenied, () => reader.UseSpan(0, 1, 0, static (span, _) => span[0] = 1));
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.UseSpan(0, (int)view.Size + 1, 0, static (span, _) => span.Fill(1)));
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.UseReadOnlySpan(0, -1, 0, static (_, _) => { }));

        Assert.Equal(new byte[20], ReadBytes(address, 0, 20));
        view.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.AtomicLoadInt32(0));
        Assert.Throws<ObjectDisposedException>(() => view.UseSpan(0, 1, 0, static (_, _) => { }));
    }

    [Fact]
    public void A_span_is_the_memory_itself_and_outlasts_a_dispose_in_its_own_action()
    {
        IpcAddress address = NewAddress();
        Create(address, 100);
        using SharedMemoryView other = SharedMemoryObject.Open(address);
        SharedMemoryView view = SharedMemoryObject.Open(address);
        byte[] copy = new byte[5];

        view.UseSpan(10, 5, view, static (span, own) =>
        {
            own.Dispose();
            "span!"u8.CopyTo(span);
        });
        other.UseReadOnlySpan(10, 5, copy, static (span, into) => span.CopyTo(into));

        Assert.Equal("span!"u8, copy);
        Assert.True(view.IsClosed);
    }

    [Fact]
    public async Task Threads_that_add_atomically_lose_nothing()
    {
        IpcAddress address = NewAddress();
        Create(address, 16);
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                view.AtomicAddInt32(0, 1);
                for (
                    long seen = view.AtomicLoadInt64(8),
                    before; (before = view.AtomicCompareExchangeInt64(8, seen + 1, seen)) != seen; seen = before)
                {
                }
            }
        })));

        Assert.Equal((200_000, 200_000L), (view.AtomicLoadInt32(0), view.AtomicLoadInt64(8)));
    }
}
