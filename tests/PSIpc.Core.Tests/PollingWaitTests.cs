using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>The pauses of a wait and its end, in time that the tests make.</summary>
public sealed class PollingWaitTests
{
    private static readonly TimeSpan Cost = TimeSpan.FromMilliseconds(0.1);

    private readonly ManualTime _time = new();
    private readonly List<TimeSpan> _pauses = [];

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(20, 0, 1)]
    [InlineData(200, 0.01, 10)]
    [InlineData(1_000_000, 0.01, 50)]
    [InlineData(0, 5, 500)]
    public void Pauses_grow_with_the_idle_time_and_with_what_a_look_costs(double idle, double cost, double pause) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(pause), PollingWait.Backoff(TimeSpan.FromMilliseconds(idle), TimeSpan.FromMilliseconds(cost)));

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(3)]
    public void Idle_wait_looks_for_a_hundredth_of_its_time(double milliseconds)
    {
        var cost = TimeSpan.FromMilliseconds(milliseconds);
        PollingWait wait = Start(TimeSpan.FromMinutes(1));

        int looks = CountLooks(wait, cost);

        // The first look comes before any pause, and the last one ends a pause that may be cut short.
        Assert.InRange((looks - 2) * cost, TimeSpan.Zero, TimeSpan.FromMinutes(1) / 100);
    }

    [Fact]
    public void Last_look_comes_when_the_time_is_over()
    {
        PollingWait wait = Start(TimeSpan.FromSeconds(0.25));

        IpcException timeout = Assert.Throws<IpcException>(() => wait.Until(Never));

        Assert.Equal(0.25, _pauses.Sum(pause => pause.TotalSeconds), 1e-9);
        Assert.Equal(TimeSpan.FromSeconds(0.25), _time.GetElapsedTime(0));
        Assert.Equal((IpcErrorReason.WaitTimeout, "Waited 0.25 s for it."), (timeout.Reason, timeout.Message));
    }

    [Fact]
    public void Timeout_of_zero_is_one_look()
    {
        Assert.Equal(1, CountLooks(Start(TimeSpan.Zero), Cost));
        Assert.Empty(_pauses);
    }

    [Fact]
    public void Infinite_wait_goes_on_and_negative_timeout_is_refused()
    {
        PollingWait wait = Start(Timeout.InfiniteTimeSpan);
        _time.Pass(TimeSpan.FromDays(10_000));

        wait.ThrowIfCancelledOrExpired();
        wait.Pause();
        Assert.Equal(TimeSpan.FromMilliseconds(50), wait.Slice);
        Assert.Throws<ArgumentOutOfRangeException>(() => Start(TimeSpan.FromSeconds(-2)));
    }

    [Fact]
    public void Pauses_stay_short_while_something_changes()
    {
        PollingWait wait = Start(TimeSpan.FromHours(1));
        for (int fingerprint = 1; fingerprint <= 100; fingerprint++)
        {
            _time.Pass(TimeSpan.FromMilliseconds(0.001));
            wait.Pause(fingerprint);
        }

        Assert.All(_pauses, pause => Assert.Equal(TimeSpan.FromMilliseconds(1), pause));
        for (int look = 0; look < 1000; look++)
        {
            wait.Pause(100);
        }

        Assert.Equal(TimeSpan.FromMilliseconds(50), _pauses[^1]);
    }

    [Fact]
    public void Slice_is_short_enough_to_notice_a_cancellation_and_the_end()
    {
        PollingWait wait = Start(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromMilliseconds(50), wait.Slice);

        _time.Pass(TimeSpan.FromMilliseconds(980));
        Assert.Equal(TimeSpan.FromMilliseconds(20), wait.Slice);

        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, wait.Slice);
    }

    [Fact]
    public void Cancelled_wait_ends_and_progress_is_told_the_elapsed_time()
    {
        using var cancellation = new CancellationTokenSource();
        var told = new Told();
        var wait = new PollingWait(TimeSpan.FromHours(1), Subject, told, cancellation.Token, _time, Sleep);
        _time.Pass(TimeSpan.FromSeconds(3));

        wait.Pause();
        Assert.Equal([TimeSpan.FromSeconds(3)], told.Times);
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => wait.Pause());
        Assert.Throws<OperationCanceledException>(() => wait.ThrowIfCancelledOrExpired());
    }

    private PollingWait Start(TimeSpan timeout) => new(timeout, Subject, progress: null, CancellationToken.None, _time, Sleep);

    private static string Subject() => "it";

    private static bool Never(out long fingerprint)
    {
        fingerprint = 0;
        return false;
    }

    private void Sleep(TimeSpan pause)
    {
        _pauses.Add(pause);
        _time.Pass(pause);
    }

    private int CountLooks(PollingWait wait, TimeSpan cost)
    {
        int looks = 0;
        Assert.Throws<IpcException>(() => wait.Until((out long fingerprint) =>
        {
            looks++;
            _time.Pass(cost);
            return Never(out fingerprint);
        }));
        return looks;
    }

    private sealed class Told : IProgress<TimeSpan>
    {
        internal List<TimeSpan> Times { get; } = [];

        public void Report(TimeSpan value) => Times.Add(value);
    }
}
