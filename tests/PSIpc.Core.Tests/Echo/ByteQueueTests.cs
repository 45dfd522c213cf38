using PSIpc.Echo.Server.Sessions;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>The bytes that a server owes a peer, without a server.</summary>
public sealed class ByteQueueTests
{
    private readonly BufferPool _pool = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BufferPool.SmallBytes)]
    [InlineData(BufferPool.SmallBytes + 1)]
    [InlineData(BufferPool.LargeBytes + 1)]
    [InlineData(300_000)]
    public void Bytes_leave_in_the_order_in_which_they_came(int count)
    {
        byte[] bytes = EchoTestServer.Pattern(count);
        var queue = default(ByteQueue);
        queue.Append(_pool, bytes.AsSpan(0, count / 3));
        queue.Append(_pool, bytes.AsSpan(count / 3));

        Assert.Equal(count, queue.Count);
        Assert.Equal(bytes, queue.ToArray());
        Assert.Equal(bytes, TakeAll(ref queue, piece: 1000));
        Assert.Equal((0, 0, 0L), (queue.Count, queue.Front.Length, _pool.HeldBytes));
    }

    [Fact]
    public void Queue_grows_while_it_is_taken_from()
    {
        byte[] bytes = EchoTestServer.Pattern(500_000);
        var queue = default(ByteQueue);
        var taken = new List<byte>();
        var random = new Random(1);
        for (int put = 0; put < bytes.Length || queue.Count > 0;)
        {
            int more = Math.Min(random.Next(30_000), bytes.Length - put);
            queue.Append(_pool, bytes.AsSpan(put, more));
            put += more;
            int less = Math.Min(random.Next(30_000), queue.Front.Length);
            taken.AddRange(queue.Front.Span[..less]);
            if (less > 0)
            {
                queue.Remove(_pool, less);
            }
        }

        Assert.Equal(bytes, taken);
        Assert.Equal(0, _pool.HeldBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(99_999)]
    public void Inverted_byte_is_the_one_at_the_offset(int offset)
    {
        byte[] bytes = EchoTestServer.Pattern(100_000);
        var queue = default(ByteQueue);
        queue.Append(_pool, bytes);

        queue.Invert(offset);
        queue.Invert(100_000);

        bytes[offset] ^= 0xff;
        Assert.Equal(bytes, queue.ToArray());
    }

    [Fact]
    public void Cleared_queue_holds_nothing_and_its_segments_are_used_again()
    {
        var queue = default(ByteQueue);
        byte[] bytes = new byte[200_000];
        queue.Append(_pool, bytes);
        Assert.Equal(BufferPool.LargeBytes * 4, _pool.HeldBytes);

        queue.Clear(_pool);
        Assert.Equal((0L, 0L), (queue.Count, _pool.HeldBytes));
        long before = GC.GetAllocatedBytesForCurrentThread();
        queue.Append(_pool, bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    private byte[] TakeAll(ref ByteQueue queue, int piece)
    {
        var all = new List<byte>();
        while (queue.Count > 0)
        {
            int count = Math.Min(piece, queue.Front.Length);
            all.AddRange(queue.Front.Span[..count]);
            queue.Remove(_pool, count);
        }

        return [.. all];
    }
}
