using System.Diagnostics;
using System.Net.Sockets;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class EchoServerStopTests
{
    public static TheoryData<string> Kinds => ["tcp", "tcp-streams", "unix", "unix-streams", "tls"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_idle_peer_is_told_at_once(string kind)
    {
        EchoServer server = EchoTestServer.Start(kind);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        peer.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), peer.Read(5));
        Task stop = server.StopAsync(TimeSpan.FromHours(1));
        Assert.Empty(peer.ReadToEnd());
        Assert.False(stop.IsCompleted);
        peer.Dispose();
        await stop.WaitAsync(ChildProcess.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((nameof(EchoServerState.Stopped), 0), (server.State, server.ActiveConnections));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_message_under_way_is_finished(string kind)
    {
        EchoServer server = EchoTestServer.Start(kind, EchoMode.Message);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        peer.Send("Linux "u8);
        Eventually.True(() => server.BytesReceived == 6, "received");
        Task stop = server.StopAsync(TimeSpan.FromHours(1));
        Assert.Equal(nameof(EchoServerState.Draining), server.State);
        Eventually.True(() => IsRefused(server.GetEndpoint()), "no longer listening");
        peer.Send("Programming"u8);
        peer.HalfClose();
        Assert.Equal("Linux Programming"u8.ToArray(), peer.ReadToEnd());
        peer.Dispose();
        await stop.WaitAsync(ChildProcess.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, server.Errors);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_peer_that_does_not_go_is_aborted_in_time(string kind)
    {
        EchoServer server = EchoTestServer.Start(kind, EchoMode.Message);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        peer.Send("unfinished"u8);
        Eventually.True(() => server.BytesReceived == 10, "received");
        var watch = Stopwatch.StartNew();
        await server.StopAsync(TimeSpan.FromMilliseconds(300)).WaitAsync(ChildProcess.Patience, TestContext.Current.CancellationToken);
        Assert.True(watch.ElapsedMilliseconds >= 290, $"{watch.ElapsedMilliseconds} ms");
        Assert.Equal((nameof(EchoServerState.Stopped), 0), (server.State, server.ActiveConnections));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Disposing_twice_and_from_many_threads_is_well(string kind)
    {
        EchoServer server = EchoTestServer.Start(kind);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        Parallel.For(0, 4, _ => server.Dispose());
        server.Dispose();
        Assert.Equal(nameof(EchoServerState.Stopped), server.State);
    }

    private static bool IsRefused(SocketEndpoint endpoint)
    {
        try
        {
            new EchoTestPeer(endpoint).Dispose();
            return false;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return true;
        }
    }

    [Fact]
    public void Who_waits_in_the_backlog_is_still_answered()
    {
        EchoServer server = EchoTestServer.Start("tcp", EchoMode.Message);
        EchoTestPeer[] peers = [.. Enumerable.Range(0, 50).Select(_ => new EchoTestPeer(server.GetEndpoint()))];
        foreach (EchoTestPeer peer in peers)
        {
            peer.Send("hello"u8);
            peer.HalfClose();
        }

        server.Stop(ChildProcess.Patience);
        foreach (EchoTestPeer peer in peers)
        {
            Assert.Equal("hello"u8.ToArray(), peer.ReadToEnd());
            peer.Dispose();
        }
    }

    [Fact]
    public void Starting_and_stopping_leaves_no_descriptor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are counted in /proc.");
        int Sockets() => Directory.GetFiles("/proc/self/fd").Count(file =>
        {
            try
            {
                return new FileInfo(file).LinkTarget is { } target && target.Contains("eventpoll", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        });
        for (int index = 0; index < 200; index++)
        {
            using EchoServer server = EchoTestServer.Start(index % 2 == 0 ? "tcp" : "unix");
            using var peer = new EchoTestPeer(server.GetEndpoint());
        }

        // Other tests have servers of their own meanwhile.
        Eventually.True(() => Sockets() < 60, "epoll descriptors closed");
    }
}
