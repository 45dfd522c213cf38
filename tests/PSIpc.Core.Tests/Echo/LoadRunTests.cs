using System.Diagnostics;
using PSIpc.Echo.Load;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>The bookkeeping of a load without a load: its counts, its end, and its progress, in time that the tests make.</summary>
public sealed class LoadRunTests
{
    private static readonly SocketEndpoint Endpoint = SocketEndpoint.Tcp("127.0.0.1", 7);

    [Fact]
    public void Count_is_exact_and_the_run_is_over_when_the_last_exchange_is()
    {
        LoadRun run = Start(new() { Count = 3 });

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => run.TryBegin()));
        run.Complete(0, Ticks(0.001));
        run.Complete(0, Ticks(0.002));
        Assert.False(run.IsOver(At(1)));
        run.Fail(IpcErrorReason.EchoConnectionReset);

        Assert.True(run.IsOver(At(1)));
        run.Stop(At(4000));
        EchoMeasurement measured = run.ToMeasurement();
        Assert.Equal((2, 1, 0), (measured.Exchanges, measured.ErrorCount, measured.Unfinished));
        Assert.InRange(measured.Max.TotalMilliseconds, 1.99, 2.01);
    }

    [Fact]
    public void Duration_ends_it_and_exchanges_under_way_are_counted_apart()
    {
        LoadRun run = Start(new() { Connections = 2, Duration = TimeSpan.FromSeconds(10) });
        run.TryBegin();
        run.TryBegin();
        run.Complete(0, 1);

        Assert.False(run.IsOver(At(9.9)));
        Assert.Equal((1000, 50, 0), (run.Wait(At(9), 1_000_000), run.Wait(At(9), 50), run.Wait(At(11), 50)));
        Assert.True(run.IsOver(At(10)));
        run.Stop(At(4000));
        Assert.Equal((1, 1), (run.ToMeasurement().Exchanges, run.ToMeasurement().Unfinished));
    }

    [Fact]
    public void Cancelled_run_is_over()
    {
        using var cancelled = new CancellationTokenSource();
        var run = new LoadRun(Endpoint, new() { Duration = TimeSpan.FromHours(1) }, cancelled.Token);
        run.Start(At(0));
        Assert.False(run.IsOver(At(0)));

        cancelled.Cancel();

        Assert.True(run.IsOver(At(0)));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(3600, false)]
    public void Dead_server_ends_a_count_and_not_a_duration_after_a_success(int? seconds, bool ends)
    {
        LoadRun run = Start(new()
        {
            Count = 1000,
            Duration = seconds is { } value ? TimeSpan.FromSeconds(value) : null,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            ExchangeTimeout = TimeSpan.FromSeconds(3),
        });
        run.TryBegin();
        run.Complete(At(0), At(1));
        Assert.False(run.IsOver(At(1000)));
        run.FailConnect(IpcErrorReason.EchoConnectionRefused);

        // The longest pause, a connection, and an exchange take 6 s.
        Assert.False(run.IsOver(At(6.9)));
        Assert.Equal(ends, run.IsOver(At(7.1)));
    }

    [Fact]
    public void Server_that_never_answers_ends_a_duration()
    {
        LoadRun run = Start(new()
        {
            Duration = TimeSpan.FromHours(1),
            ConnectTimeout = TimeSpan.FromSeconds(2),
            ExchangeTimeout = TimeSpan.FromSeconds(3),
        });
        run.TryBegin();
        run.Fail(IpcErrorReason.EchoReplyTimeout);

        Assert.False(run.IsOver(At(5.9)));
        Assert.True(run.IsOver(At(6.1)));
        run.Stop(At(4000));
        IpcException error = Assert.Throws<IpcException>(() => run.ToMeasurement());
        Assert.Equal(IpcErrorReason.EchoReplyTimeout, error.Reason);
        Assert.Contains("no exchange succeeded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Not_one_reply_is_an_error_with_the_commonest_reason()
    {
        LoadRun run = Start(new() { Count = 3 });
        foreach (IpcErrorReason reason in (IpcErrorReason[])
            [IpcErrorReason.EchoConnectionReset, IpcErrorReason.EchoConnectionClosed, IpcErrorReason.EchoConnectionReset])
        {
            run.TryBegin();
            run.Fail(reason);
        }

        run.Stop(At(4000));
        IpcException error = Assert.Throws<IpcException>(() => run.ToMeasurement());
        Assert.Equal(IpcErrorReason.EchoConnectionReset, error.Reason);
        Assert.Contains("2 × EchoConnectionReset, 1 × EchoConnectionClosed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_told_at_its_interval_with_the_rate_since_the_last()
    {
        var told = new List<EchoLoadProgress>();
        LoadRun run = Start(new()
        {
            Duration = TimeSpan.FromSeconds(10),
            ProgressInterval = TimeSpan.FromSeconds(1),
            Progress = new CallbackProgress<EchoLoadProgress>(told.Add),
        });
        for (int tenth = 1; tenth <= 100; tenth++)
        {
            run.TryBegin();
            run.Complete(At((tenth - 1) / 10.0), At(tenth / 10.0));
            run.Report(At(tenth / 10.0));
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(second => 10L * second), told.Select(one => one.Exchanges));
        Assert.All(told, one => Assert.Equal(10, one.Rate, 0.001));
        Assert.Equal(Enumerable.Range(1, 10).Select(second => second / 10.0), told.Select(one => Math.Round(one.Fraction, 9)));
    }

    private static LoadRun Start(EchoLoadOptions options)
    {
        var run = new LoadRun(Endpoint, options, CancellationToken.None);
        run.Start(At(0));
        return run;
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private static long At(double seconds) => Ticks(1000 + seconds);
}
