using System.Globalization;
using PSIpc.Echo.Client;
using PSIpc.Echo.Server;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>A process that is killed at any moment leaves nothing that keeps the next one from working.</summary>
public sealed class KillTests : IDisposable
{
    // Two at once, so that each dies in the middle of what the other does, too.
    private const int Workers = 2;
    private const int Brief = 2;
    private const int Full = 40;
    private const double Share = 0.2 / 17;

    private readonly SharedMemoryScope _scope = new();
    private readonly Random _random = new(Soak.Seed);

    public KillTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "System V and POSIX shared memory as on Linux.");

    public static TheoryData<IpcKind> Kinds => [IpcKind.SystemV, IpcKind.Posix];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Creating_leaves_it_whole_or_gone_and_the_address_free(IpcKind kind)
    {
        IpcAddress address = _scope.New(kind);
        int left = 0;
        int turns = await Repeat(async _ =>
        {
            await KilledWorker.Kill(Workers, "create", address, _random);

            if (Find(address) is { } info)
            {
                left++;
                Assert.Equal(KilledWorker.ContentBytes, info.Size);
                Assert.Equal("0640", info.Mode);
                AssertOrphan(info);
                using (SharedMemoryView view = SharedMemoryObject.Open(address))
                {
                    byte[] bytes = (byte[])SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Bytes, 0, view.Size);

                    // A segment has its key before it can have content: the kernel knows no other way.
                    Assert.True(kind == IpcKind.SystemV || bytes.AsSpan().IndexOfAnyExcept((byte)1) < 0, "An object was there half made.");
                }

                SharedMemoryObject.Remove(address);
            }

            Assert.True(SharedMemoryObject.Create(address, new() { Size = 1 }).Created);
            SharedMemoryObject.Remove(address);
        });
        Soak.Report($"{turns * Workers} killed while they created {kind}: {left} left whole, the others gone");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Writing_touches_no_byte_outside_and_leaves_nothing_attached(IpcKind kind)
    {
        const int Size = KilledWorker.ContentBytes + (2 * KilledWorker.GuardBytes);
        IpcAddress address = _scope.New(kind);
        SharedMemoryObject.Create(address, new() { Size = Size });
        int turns = await Repeat(async _ =>
        {
            await KilledWorker.Kill(Workers, "write", address, _random);

            using (SharedMemoryView view = SharedMemoryObject.Open(address))
            {
                byte[] bytes = (byte[])SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Bytes, 0, view.Size);
                Assert.Equal(Size, bytes.Length);
                Assert.True(bytes.AsSpan(0, KilledWorker.GuardBytes).IndexOfAnyExcept((byte)0) < 0, "A byte before the content changed.");
                Assert.True(bytes.AsSpan(Size - KilledWorker.GuardBytes).IndexOfAnyExcept((byte)0) < 0,
                    "A byte after the content changed.");
            }

            AssertUnused(address);
        });
        Soak.Report($"{turns * Workers} killed while they wrote {kind}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Locking_leaves_no_lock_held_and_no_semaphore(IpcKind kind)
    {
        IpcAddress address = _scope.New(kind);
        int inside = 0;
        int turns = await Repeat(async _ =>
        {
            // Anew each time: the workers also die while they make the lock.
            SharedMemoryObject.Create(address, new() { Size = 2 * sizeof(long) });
            await KilledWorker.Kill(Workers, "lock", address, _random);

            using (SharedMemoryObject.Lock(address, ChildProcess.Patience))
            using (SharedMemoryView view = SharedMemoryObject.Open(address))
            {
                long died = view.Read<long>(0) - view.Read<long>(sizeof(long));
                Assert.InRange(died, 0, Workers);
                inside += (int)died;
            }

            AssertUnused(address);
            SharedMemoryObject.Remove(address);
            Assert.False(address.Key is { } key && HasSemaphore(key), "The lock outlived its segment.");
        });
        Soak.Report($"{turns * Workers} killed while they locked {kind}, {inside} of them between two writes under the lock");
    }

    [Theory]
    [InlineData("exists", IpcKind.SystemV)]
    [InlineData("changed", IpcKind.SystemV)]
    [InlineData("changed", IpcKind.Posix)]
    [InlineData("removed", IpcKind.Posix)]
    [InlineData("locked", IpcKind.SystemV)]
    [InlineData("locked", IpcKind.Posix)]
    public async Task Waiting_leaves_nothing_attached_and_no_lock_held(string wait, IpcKind kind)
    {
        IpcAddress address = _scope.New(kind);
        SharedMemoryObject.Create(address, new() { Size = 64 });
        int turns = await Repeat(async _ =>
        {
            using (SharedMemoryObject.Lock(address, ChildProcess.Patience))
            {
                await KilledWorker.Kill(Workers, wait, address, _random);
            }

            AssertUnused(address);
        });
        Soak.Report($"{turns * Workers} killed while they waited ({wait}, {kind})");
    }

    [Theory]
    [InlineData("unix")]
    [InlineData("pipe")]
    [InlineData("tcp")]
    public async Task Serving_leaves_nothing_that_blocks_the_next_start(string transport)
    {
        using var folder = new TemporaryFolder();
        SocketEndpoint endpoint = transport switch
        {
            "unix" => SocketEndpoint.Unix(folder.PathOf("echo")),
            "pipe" => SocketEndpoint.Pipe(TestAddress.NextName()),
            _ => SocketEndpoint.Tcp("127.0.0.1", TestAddress.FreePort()),
        };
        int turns = await Repeat(async _ =>
        {
            await KilledWorker.Kill(Workers, "serve", endpoint, _random);

            using (EchoServer.Start(new() { Endpoint = endpoint }))
            {
                Assert.True(EchoClient.Send(endpoint, EchoPayload.Pattern(1000)).Matches);
            }

            Assert.Empty(Directory.GetFileSystemEntries(folder.FullPath));
        });
        Soak.Report($"{turns * Workers} killed while they served ({transport})");
    }

    [Fact]
    public async Task Measuring_leaves_the_server_well()
    {
        using var server = EchoServer.Start(new() { Endpoint = SocketEndpoint.Tcp("127.0.0.1", 0) });
        int turns = await Repeat(async _ =>
        {
            await KilledWorker.Kill(Workers, "measure", server.GetEndpoint(), _random);

            Eventually.True(
                () => server.ActiveConnections == 0, () => $"{server.ActiveConnections} connections of the killed processes are left");
            Assert.True(EchoClient.Send(server.GetEndpoint(), EchoPayload.Pattern(1000)).Matches);
        });
        Assert.Equal(nameof(EchoServerState.Listening), server.State);
        Soak.Report($"{turns * Workers} killed while they measured");
    }

    [Fact]
    public async Task The_command_leaves_nothing_that_blocks_the_next()
    {
        using var folder = new TemporaryFolder();
        IpcAddress segment = _scope.NewKey();
        IpcAddress named = _scope.NewName();
        string key = SystemVKey.Format(segment.Key!.Value);
        string work = $$"""
            while ($true) {
                $null = New-SharedMemory {{key}} 4096 -Value 'text'
                $null = New-SharedMemory -Name {{named.Name}} -Size 4096 -Value 'text'
                foreach ($address in @{ Key = '{{key}}' }, @{ Name = '{{named.Name}}' }) {
                    Lock-SharedMemory @address
                    $view = Connect-SharedMemory @address
                    Write-SharedMemory @address -Value 'other text'
                    $null = Read-SharedMemory @address
                    Disconnect-SharedMemory $view
                    Unlock-SharedMemory @address
                }
                $server = Start-EchoServer -Path '{{folder.PathOf("echo")}}'
                $null = $server | Send-EchoMessage 'hello'
                $null = $server | Measure-EchoServer -Count 50
                $server | Stop-EchoServer
                Remove-SharedMemory {{key}}
                Remove-SharedMemory -Name {{named.Name}}
                'round'
            }
            """;

        int turns = await Soak.Repeat(1, 60, Share, async _ =>
        {
            await using (var worker = Pwsh.Start("$ErrorActionPreference = 'Stop'; " + work))
            {
                await worker.WaitForLineAsync("round");
                await Task.Delay(_random.Next(100));
                worker.Signal(9);
                ProcessResult result = await worker.WaitForExitAsync();
                Assert.True(result is { ExitCode: 137, Error: "" }, result.Error);
            }

            foreach (IpcAddress address in new[] { segment, named })
            {
                if (Find(address) is { } info)
                {
                    AssertOrphan(info);
                    SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();
                    SharedMemoryObject.Remove(address);
                }
            }

            Assert.False(HasSemaphore(segment.Key!.Value));
            EchoServer.Start(new() { Endpoint = SocketEndpoint.Unix(folder.PathOf("echo")) }).Dispose();
        });
        Soak.Report($"{turns} killed as the command, in the middle of every cmdlet");
    }

    private static Task<int> Repeat(Func<int, Task> turn) => Soak.Repeat(Brief, Full, Share, turn);

    private static SharedMemoryInfo? Find(IpcAddress address)
    {
        try
        {
            return SharedMemoryObject.Get(address);
        }
        catch (IpcException exception) when (exception.Reason == IpcErrorReason.SharedMemoryNotFound)
        {
            return null;
        }
    }

    // Of an object it is known only where every process of the machine can be read.
    private static void AssertOrphan(SharedMemoryInfo info)
    {
        SharedMemoryHolders users = SharedMemoryObject.FindHolders([info]);
        Assert.True(
            users.IsOrphan(info) ?? (info.Kind == nameof(IpcKind.Posix) && users.UnreadableProcesses > 0),
            $"{info} was left by a dead process and is no orphan (seed {Soak.Seed}).");
    }

    private static void AssertUnused(IpcAddress address)
    {
        SharedMemoryInfo info = SharedMemoryObject.Get(address);
        Assert.True(info.AttachCount is null or 0);
        Assert.Empty(SharedMemoryObject.FindHolders([info]).Include(info).ProcessIds!);
    }

    private static bool HasSemaphore(int key) => File.ReadLines("/proc/sysvipc/sem").Skip(1)
        .Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0] == key.ToString(CultureInfo.InvariantCulture));
}
