using System.Globalization;
using System.Text;
using PSIpc.Core.Tests;
using PSIpc.Echo.Client;
using PSIpc.Echo.Load;
using PSIpc.Echo.Server;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using PSIpc.Tests;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>After any number of operations, failed ones among them, this process holds what it held before.</summary>
public sealed class LeakTests : IDisposable
{
    private const double Share = 0.15;

    // What a collector may keep here and there, however many operations there were.
    private const long ManagedSlack = 2 << 20;

    // The pool's threads come and go by themselves.
    private const int ThreadSlack = 4;

    private readonly SharedMemoryScope _scope = new();
    private readonly TemporaryFolder _folder = new();
    private readonly IpcAddress _key;
    private readonly IpcAddress _name;
    private int _operations;

    public LeakTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "System V and POSIX shared memory as on Linux.");
        _key = _scope.NewKey();
        _name = _scope.NewName();
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public Task The_library() => AssertNothingLeaks("of the library", 100, 4000, Share / 2, Round);

    [Fact]
    public async Task The_cmdlets()
    {
        using var engine = new Engine();
        engine.SetVariable("key", SystemVKey.Format(_key.Key!.Value));
        engine.SetVariable("name", _name.Name);
        engine.SetVariable("path", _folder.PathOf("echo"));
        await AssertNothingLeaks("by cmdlets", 25, 1200, Share / 2, _ =>
        {
            EngineResult result = engine.Invoke("""
                $null = New-SharedMemory $key 4096 -Value 'text'
                $null = New-SharedMemory -Name $name -Size 4096 -Value 'text'
                foreach ($at in @{ Key = $key }, @{ Name = $name }) {
                    Write-SharedMemory @at -Value 'other', ([uint16] 1), ([float] 2.5)
                    $null = Read-SharedMemory @at
                    Write-SharedMemory @at -Layout 'int a; char b[8];' -Value @{ a = 1; b = 'x' }
                    $null = Read-SharedMemory @at -Layout 'int a; char b[8];' -Count 10
                    Write-SharedMemory @at -Value ([byte[]]::new(5000)) -ErrorAction Ignore
                    $null = New-SharedMemory @at -Size 1 -ErrorAction Ignore
                    Wait-SharedMemory @at -Changed -TimeoutSec 0 -ErrorAction Ignore
                    $null = Wait-SharedMemory @at
                    Lock-SharedMemory @at
                    try { Lock-SharedMemory @at } catch { }
                    Unlock-SharedMemory @at
                    $view = Connect-SharedMemory @at
                    $null = $view | Read-SharedMemory -As Bytes
                    Disconnect-SharedMemory $view
                    $null = $view | Read-SharedMemory -ErrorAction Ignore
                    $null = Get-SharedMemory @at
                    Remove-SharedMemory @at
                    Remove-SharedMemory @at -ErrorAction Ignore
                }
                $null = Get-SharedMemory; $null = Get-SharedMemoryLimit
                foreach ($where in @{}, @{ Udp = $true }, @{ Path = $path }) {
                    $server = Start-EchoServer @where
                    $null = $server | Send-EchoMessage 'text'
                    $null = $server | Measure-EchoServer -Count 5
                    $null = Get-EchoServer
                    $server | Stop-EchoServer
                    $null = $server | Send-EchoMessage 'text' -TimeoutSec 1 -ErrorAction Ignore -ConnectTimeoutSec 0.05
                }
                Wait-ProcessSignal User2 -TimeoutSec 0 -ErrorAction Ignore
                $Error.Clear()
                """);
            Assert.Empty(result.Errors);
            _operations += 60;
            return Task.CompletedTask;
        });
    }

    private async Task AssertNothingLeaks(string what, int brief, int full, double share, Func<int, Task> round)
    {
        const int WarmUp = 10;
        for (int i = 0; i < WarmUp; i++)
        {
            await round(i);
        }

        int key = _key.Key!.Value;
        Held before = Held.Now(_name.Name!, key);
        int threads = Held.Threads();
        long managed = Held.ManagedBytes();
        _operations = 0;

        await Soak.Repeat(brief, full, share, round);

        before.AssertSettles(_name.Name!, key);
        long managedAfter = Held.ManagedBytes();
        SpinWait.SpinUntil(() => Held.Threads() <= threads + ThreadSlack, ChildProcess.Patience);
        int threadsAfter = Held.Threads();
        Soak.Report($"{_operations} operations {what}: before and after {before}; threads {threads} and {threadsAfter}, managed bytes {managed} and {managedAfter}");
        Assert.InRange(threadsAfter, 0, threads + ThreadSlack);
        Assert.InRange(managedAfter, 0, managed + ManagedSlack);
    }

    private Task Round(int index)
    {
        foreach (IpcAddress address in new[] { _key, _name })
        {
            SharedMemoryObject.Create(address, new() { Size = 4096, Content = new byte[100] });
            Refused(() => SharedMemoryObject.Create(address, new() { Size = 1 }));
            Refused(() => SharedMemoryObject.Create(address, new() { Size = 5000, AllowExisting = true }));
            using (SharedMemoryView view = SharedMemoryObject.Open(address))
            {
                view.Write(10, "text"u8);
                view.ReadText(10, null, Encoding.UTF8);
                SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Int32, 0, 100);
                Refused(() => view.Write(4000, new byte[100]));
                Refused(() => SharedMemoryObject.Wait(view, SharedMemoryCondition.Changed(), TimeSpan.Zero));
            }

            Refused(() => SharedMemoryObject.Wait(address, SharedMemoryCondition.Holds(0, "never"u8.ToArray()), TimeSpan.Zero));
            using (SharedMemoryObject.Lock(address, TimeSpan.Zero))
            {
                Refused(() => SharedMemoryObject.Lock(address, TimeSpan.Zero));
            }

            SharedMemoryObject.Get(address);
            SharedMemoryObject.Remove(address);
            Refused(() => SharedMemoryObject.Open(address));
            Refused(() => SharedMemoryObject.Lock(address, TimeSpan.Zero));
            _operations += 15;
        }

        SocketEndpoint endpoint = (index % 3) switch
        {
            0 => SocketEndpoint.Tcp("127.0.0.1", 0),
            1 => SocketEndpoint.Udp("127.0.0.1", 0),
            _ => SocketEndpoint.Unix(_folder.PathOf("echo")),
        };
        using (var server = EchoServer.Start(new() { Endpoint = endpoint, Mode = (EchoMode)(index % 2) }))
        {
            EchoClient.Send(server.GetEndpoint(), EchoPayload.Pattern(1000));
            using EchoSubscription receiver = server.Receive();
            if (server.Mode == nameof(EchoMode.Stream))
            {
                EchoLoad.Run(server.GetEndpoint(), new() { Count = 10, Connections = 2 });
            }

            Refused(() => EchoServer.Start(new() { Endpoint = server.GetEndpoint() }));
            _operations += 9;
        }

        Refused(() => SystemVKey.Parse(index.ToString(CultureInfo.InvariantCulture) + "x"));
        return Task.CompletedTask;
    }

    private static void Refused(Action action) => Assert.Throws<IpcException>(action);
}
