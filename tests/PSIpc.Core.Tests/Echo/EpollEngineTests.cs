using System.Net.Sockets;
using PSIpc.Echo.Server.Engines;
using PSIpc.Echo.Server.Sessions;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

/// <summary>
/// What one round of the engine's loop does for each connection. The tests run the rounds, so no thread and no load changes them.
/// </summary>
/// <remarks>
/// The server sends in pieces of one byte, and each piece is one step, so a connection with many bytes has much to do. A Unix socket
/// passes bytes on within the call that sends them, so all effects of a round can be seen when the round ends.
/// </remarks>
public sealed class EpollEngineTests : IDisposable
{
    private readonly List<Socket> _clients = [];
    private readonly SocketEndpoint _endpoint = SocketEndpoint.Unix(EchoTestServer.UniquePath());
    private readonly EpollEngine _engine;

    public EpollEngineTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The engine is for Linux.");
        var service = new EchoServerContext(new() { Endpoint = _endpoint, Fault = new() { ChunkBytes = 1 } });
        _engine = new EpollEngine(service, ListeningSocket.Open(_endpoint, backlog: 100));
    }

    public void Dispose()
    {
        if (_engine is not null)
        {
            _engine.Stop(0);
            _engine.Start();
            Assert.True(_engine.Completion.Wait(ChildProcess.Patience));
        }

        _clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Unfinished_connection_takes_its_steps_once_in_each_round()
    {
        Socket client = Connect(1)[0];
        client.Send(new byte[100]);

        // The first turn comes from the event and begins with a read; then the connection is in the queue.
        int[] rounds = [.. Enumerable.Range(0, 4).Select(_ => EchoesOfRound([client])[0])];

        Assert.Equal(
            [(2 * EpollEngine.StepsAtOnce) - 1, EpollEngine.StepsAtOnce, EpollEngine.StepsAtOnce, EpollEngine.StepsAtOnce],
            rounds);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 1)]
    [InlineData(1, 20)]
    [InlineData(20, 20)]
    public void Each_client_is_served_in_each_round_beside_greedy_ones(int greedy, int honest)
    {
        Socket[] floods = Connect(greedy);
        Socket[] clients = Connect(honest);
        foreach (Socket flood in floods)
        {
            flood.Send(new byte[200]);
        }

        for (int round = 0; round < 50; round++)
        {
            // A greedy client sends as much as it can have got back, so its connection always has more to do.
            foreach (Socket flood in floods)
            {
                flood.Send(new byte[2 * EpollEngine.StepsAtOnce]);
            }

            foreach (Socket client in clients)
            {
                client.Send([1]);
            }

            int[] echoes = EchoesOfRound([.. floods, .. clients]);

            // A greedy client has one turn for its event and one from the queue.
            Assert.All(echoes[..greedy], count => Assert.InRange(count, 1, 2 * EpollEngine.StepsAtOnce));
            Assert.All(echoes[greedy..], count => Assert.Equal(1, count));
        }
    }

    private Socket[] Connect(int count)
    {
        int first = _clients.Count;
        for (int i = 0; i < count; i++)
        {
            var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _clients.Add(client);
            client.Connect(new UnixDomainSocketEndPoint(_endpoint.SocketPath!));
        }

        // The round accepts all of them.
        RunRound();
        return [.. _clients[first..]];
    }

    /// <summary>Returns how many bytes each client got back in one round.</summary>
    private int[] EchoesOfRound(Socket[] clients)
    {
        RunRound();
        return [.. clients.Select(client => client.Available is > 0 and int count ? client.Receive(new byte[count]) : 0)];
    }

    private void RunRound()
    {
        // The wake-up is an event, so a round with nothing to do ends too.
        _engine.Wake();
        Assert.True(_engine.RunRound());
    }
}
