using PSIpc.Echo.Server;
using PSIpc.Echo.Server.Sessions;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>What a fault makes of an echo, step by step, in time that the tests make.</summary>
public sealed class FaultPlanTests
{
    private const long Start = 1_000_000;

    [Fact]
    public void Each_chunk_goes_after_its_own_delay()
    {
        var plan = new FaultPlan(new EchoFault { DelayMilliseconds = 40, ChunkBytes = 3 });
        var went = new List<(int Count, long At)>();
        int ready = 8;
        for (long now = Start; ready > 0; now++)
        {
            SessionAction step = plan.Next(ready, now, out int count);
            Assert.Equal(step == SessionAction.Wait ? 0 : count, count);
            if (step == SessionAction.Send)
            {
                went.Add((count, now));
                plan.Sent(count);
                ready -= count;
            }
        }

        Assert.Equal([(3, Start + 40), (3, Start + 81), (2, Start + 122)], went);
        Assert.Equal(SessionAction.Read, plan.Next(0, Start + 200, out _));
    }

    [Fact]
    public void Rest_of_a_chunk_that_went_in_part_goes_without_another_delay()
    {
        var plan = new FaultPlan(new EchoFault { DelayMilliseconds = 40, ChunkBytes = 5 });

        Assert.Equal(SessionAction.Wait, plan.Next(10, Start, out _));
        Assert.Equal(Start + 40, plan.DueAt);
        Assert.Equal((SessionAction.Send, 5), (plan.Next(10, Start + 40, out int count), count));
        plan.Sent(2);
        Assert.Equal((SessionAction.Send, 3), (plan.Next(8, Start + 40, out count), count));
        plan.Sent(3);
        Assert.Equal(SessionAction.Wait, plan.Next(5, Start + 41, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reset_or_stall_comes_after_exactly_so_many_bytes(bool resets)
    {
        var plan = new FaultPlan(resets ? new EchoFault { ResetAfterBytes = 5 } : new EchoFault { StallAfterBytes = 5 });

        Assert.Equal((SessionAction.Send, 3), (plan.Next(3, Start, out int count), count));
        plan.Sent(3);
        Assert.Equal(SessionAction.Read, plan.Next(0, Start, out _));
        Assert.Equal((SessionAction.Send, 2), (plan.Next(10, Start, out count), count));
        plan.Sent(2);
        Assert.Equal(resets ? SessionAction.Reset : SessionAction.Stall, plan.Next(8, Start, out count));
        Assert.Equal(0, count);
    }

    [Theory]
    [InlineData(0, 1, 1, 0L)]
    [InlineData(4, 5, 5, 4L)]
    [InlineData(4, 4, 4, null)]
    [InlineData(4, 10, 5, null)]
    [InlineData(4, 10, 6, 4L)]
    public void Corrupt_byte_is_found_when_it_is_added(int corrupt, int kept, int added, long? offset) =>
        Assert.Equal(offset, new FaultPlan(new EchoFault { CorruptByte = corrupt }).CorruptOffset(kept, added));

    [Fact]
    public void Corrupt_byte_is_counted_from_the_first_byte_echoed()
    {
        var plan = new FaultPlan(new EchoFault { CorruptByte = 12 });
        plan.Next(10, Start, out _);
        plan.Sent(10);

        Assert.Equal(2, plan.CorruptOffset(kept: 5, added: 5));
    }
}
