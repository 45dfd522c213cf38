using System.Net.Sockets;
using PSIpc.Echo.Server;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class UnixSocketFileTests : IDisposable
{
    private readonly string _path = EchoTestServer.UniquePath();

    public UnixSocketFileTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps its socket files itself.");

    public void Dispose() => File.Delete(_path);

    private EchoServer Start() => EchoServer.Start(new EchoServerOptions { Endpoint = SocketEndpoint.Unix(_path) });

    private IpcException Fails() => Assert.Throws<IpcException>(Start);

    [Fact]
    public void Has_mode_0600_and_goes_with_the_server()
    {
        using (Start())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        }

        Assert.False(Path.Exists(_path));
    }

    [Fact]
    public void A_stale_one_is_replaced()
    {
        LeaveStale();
        using EchoServer server = Start();
        using var peer = new EchoTestPeer(server.GetEndpoint());
        Assert.Equal("hello"u8.ToArray(), peer.Exchange("hello"u8.ToArray()));
    }

    [Fact]
    public void A_live_one_is_left_and_its_server_named()
    {
        using EchoServer server = Start();
        IpcException exception = Fails();
        Assert.Equal(IpcErrorReason.EchoAddressInUse, exception.Reason);
        Assert.Contains($"process {Environment.ProcessId}", exception.Message, StringComparison.Ordinal);
        using var peer = new EchoTestPeer(server.GetEndpoint());
        Assert.Equal("hello"u8.ToArray(), peer.Exchange("hello"u8.ToArray()));
    }

    [Fact]
    public void One_that_is_bound_and_not_yet_listening_is_left()
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(_path));
        Assert.Equal(IpcErrorReason.EchoAddressInUse, Fails().Reason);
        Assert.True(Path.Exists(_path));
    }

    [Fact]
    public void One_for_datagrams_is_left()
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(_path));
        Assert.Equal(IpcErrorReason.EchoAddressInUse, Fails().Reason);
        Assert.True(Path.Exists(_path));
    }

    [Fact]
    public void A_plain_file_is_left()
    {
        File.WriteAllText(_path, "precious");
        Assert.Equal(IpcErrorReason.EchoPathNotASocket, Fails().Reason);
        Assert.Equal("precious", File.ReadAllText(_path));
    }

    [Fact]
    public void A_link_is_left_and_not_followed()
    {
        File.CreateSymbolicLink(_path, _path + ".target");
        Assert.Equal(IpcErrorReason.EchoPathNotASocket, Fails().Reason);
        Assert.False(Path.Exists(_path + ".target"));
    }

    [Fact]
    public void What_took_its_place_meanwhile_is_not_removed()
    {
        using (Start())
        {
            File.Delete(_path);
            File.WriteAllText(_path, "precious");
        }

        Assert.Equal("precious", File.ReadAllText(_path));
    }

    [Fact]
    public void A_missing_folder_and_a_long_path_are_said()
    {
        IpcException missing = Assert.Throws<IpcException>(
            () => EchoServer.Start(new EchoServerOptions { Endpoint = SocketEndpoint.Unix("/tmp/no-such-folder/x.sock") }));
        Assert.Equal(IpcErrorReason.EchoPathInvalid, missing.Reason);
        IpcException tooLong = Assert.Throws<IpcException>(() => SocketEndpoint.Unix("/tmp/" + new string('x', 110)));
        Assert.Equal(IpcErrorReason.EchoPathInvalid, tooLong.Reason);
    }

    [Fact]
    public void Many_at_once_on_a_stale_one_leave_one_server()
    {
        LeaveStale();
        var started = new System.Collections.Concurrent.ConcurrentBag<EchoServer>();
        Parallel.For(0, 8, _ =>
        {
            try
            {
                started.Add(Start());
            }
            catch (IpcException exception)
            {
                Assert.Equal(IpcErrorReason.EchoAddressInUse, exception.Reason);
            }
        });
        EchoServer server = Assert.Single(started);
        using (server)
        {
            using var peer = new EchoTestPeer(server.GetEndpoint());
            Assert.Equal("hello"u8.ToArray(), peer.Exchange("hello"u8.ToArray()));
        }
    }

    // As a killed server does: a socket file that nobody listens on.
    private void LeaveStale()
    {
        const string Listen = "socket(S,PF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un($ARGV[0])) or die; listen(S,1)";
        ProcessResult perl = ChildProcess.RunAsync("perl", ["-MSocket", "-e", Listen, _path]).GetAwaiter().GetResult();
        Assert.Equal(0, perl.ExitCode);
        Assert.True(Path.Exists(_path));
    }
}
