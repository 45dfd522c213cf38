using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using PSIpc.Echo.Server;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>Whatever another process does to the memory, an operation ends with an error of its own, and this process goes on.</summary>
public sealed class HostileMemoryTests : IDisposable
{
    private const int Workers = 2;
    private const int Operations = 500;
    private const double Share = 0.1;

    // What a hostile peer may cause; anything else, NativeError above all, is a case that nobody has thought of.
    private static readonly IpcErrorReason[] Expected =
    [
        IpcErrorReason.SharedMemoryNotFound, IpcErrorReason.SharedMemoryExists, IpcErrorReason.SharedMemorySizeMismatch,
        IpcErrorReason.SharedMemoryNoSpace, IpcErrorReason.SharedMemoryAccessDenied, IpcErrorReason.SharedMemoryMarkedForRemoval,
        IpcErrorReason.SharedMemoryChanged, IpcErrorReason.SharedMemoryNotAnObject, IpcErrorReason.SharedMemoryOutOfRange,
        IpcErrorReason.SharedMemoryValueTooLarge, IpcErrorReason.LayoutLargerThanMemory, IpcErrorReason.WaitTimeout,
        IpcErrorReason.SharedMemoryLockHeld, IpcErrorReason.PlatformNotSupported,
    ];

    private static readonly MemoryLayout Layout = MemoryLayout.Parse("int32_t id; double value; char name[32];");

    private readonly SharedMemoryScope _scope = new();
    private readonly ConcurrentDictionary<IpcErrorReason, long> _errors = new();
    private long _successes;

    public HostileMemoryTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "System V and POSIX shared memory as on Linux.");

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(IpcKind.SystemV)]
    [InlineData(IpcKind.Posix)]
    public async Task Every_operation_survives_a_peer_that_does_its_worst(IpcKind kind)
    {
        IpcAddress address = _scope.New(kind);
        using var folder = new TemporaryFolder();
        string canary = folder.Write("canary", "canary");
        string seed = Soak.Seed.ToString(CultureInfo.InvariantCulture);
        string[] arguments = address.Key is { } key ? ["sysv", SystemVKey.Format(key), seed] : ["posix", address.Name!, seed, canary];
        try
        {
            await using var peer = ChildProcess.Start(CProgram.Compile("hostile"), arguments);
            await peer.WaitForLineAsync("listening");
            int rounds = await Soak.Repeat(8, 200, Share / 2, round => Task.WhenAll(
                Enumerable.Range(0, Workers)
                    .Select(worker => Task.Run(() => Operate(address, new Random(HashCode.Combine(Soak.Seed, round, worker)))))));
            Soak.Report($"{rounds * Workers * Operations} operations on {kind} under attack: {_successes} done, and {string.Join(", ", _errors.Select(error => $"{error.Key} {error.Value}"))}");
        }
        finally
        {
            await RemoveWhateverIsThere(address);
        }

        Assert.Equal("canary", await File.ReadAllTextAsync(canary));
        Assert.True(_successes > 0);
        Assert.Equal(0, Leftovers.SharedMappings());

        // Nothing of the attack is left that would keep the address from working.
        Assert.True(SharedMemoryObject.Create(address, new() { Size = 16 }).Created);
        SharedMemoryObject.Lock(address, ChildProcess.Patience).Dispose();
    }

    [Fact]
    public async Task What_another_user_planted_is_not_taken_for_ones_own()
    {
        Tool.RequireRoot();
        IpcAddress address = _scope.NewName();
        SharedMemoryObject.Create(address, new() { Size = 64, Mode = (UnixFileMode)0x1b6 });
        await ChangeOwner($"/dev/shm/{address.Name}");

        IpcException exception = Assert.Throws<IpcException>(
            () => SharedMemoryObject.Create(
                address, new() { Size = 64, AllowExisting = true, Content = Encoding.UTF8.GetBytes("secret") }));

        Assert.Equal(IpcErrorReason.SharedMemoryAccessDenied, exception.Reason);
        Assert.Contains("could have put it there", exception.Message, StringComparison.Ordinal);
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        Assert.Equal("", view.ReadText(0, null, Encoding.UTF8));
    }

    [Fact]
    public async Task A_socket_file_of_another_user_is_left()
    {
        Tool.RequireRoot();
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("echo");
        await ChildProcess.RunAsync(
            Tool.Require("python3", "python3"), ["-c", "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path]);
        await ChangeOwner(path);

        IpcException exception = Assert.Throws<IpcException>(() => EchoServer.Start(new() { Endpoint = SocketEndpoint.Unix(path) }));

        Assert.Equal(IpcErrorReason.EchoAddressInUse, exception.Reason);
        Assert.Contains("user 65534", exception.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task Huge_sparse_and_empty_objects_in_a_full_folder_are_errors_and_no_crash()
    {
        string[] lines = await InNamespace(
            "--mount",
            "mount -t tmpfs -o size=64k PSIpc-test /dev/shm && truncate -s 1M /dev/shm/sparse && truncate -s 0 /dev/shm/empty && "
                + "truncate -s 7E /dev/shm/huge",
            """
            Show { Write-SharedMemory -Name sparse -Value ([byte[]]::new(512KB)) }
            Show { (Read-SharedMemory -Name sparse -As Bytes).Length }
            Show { Read-SharedMemory -Name huge -As Bytes }
            Show { Read-SharedMemory -Name huge -As Int64 -Offset 4096PB -Count 1 }
            Show { Wait-SharedMemory -Name huge -Changed -TimeoutSec 0 }
            Show { Write-SharedMemory -Name huge -Value 1 -As Int32 -Offset (7168PB - 3) }
            Show { Read-SharedMemory -Name empty }
            Show { Read-SharedMemory -Name empty -As Int32 }
            Show { Write-SharedMemory -Name empty -Value 1 -As Int32 }
            Show { New-SharedMemory -Name empty -Size 1 -AllowExisting }
            Show { (Get-SharedMemory -Name empty).Size }
            """);

        Assert.Equal(
            [
                "SharedMemoryNoSpace", "1048576", "SharedMemoryOutOfRange", "0", "SharedMemoryOutOfRange", "SharedMemoryValueTooLarge",
                "", "SharedMemoryOutOfRange", "SharedMemoryValueTooLarge", "SharedMemorySizeMismatch", "0",
            ],
            lines);
    }

    [Fact]
    public async Task Without_a_semaphore_left_a_lock_is_an_error_with_the_limit()
    {
        string[] lines = await InNamespace(
            "--ipc",
            "echo '250 32000 32 1' > /proc/sys/kernel/sem",
            """
            $null = 1, 2 | ForEach-Object { New-SharedMemory -Key $_ -Size 16 }
            Show { Lock-SharedMemory 1; 'locked' }
            Show { Lock-SharedMemory 2 -TimeoutSec 0 }
            Remove-SharedMemory 1
            Show { Lock-SharedMemory 2 -TimeoutSec 0; 'locked' }
            """);

        Assert.Equal(["locked", "SharedMemoryLimitReached", "locked"], lines);
    }

    [Fact]
    public async Task A_limit_on_file_sizes_is_an_error_and_no_signal()
    {
        string prlimit = Tool.Require("prlimit", "util-linux");
        string name = _scope.NewName().Name!;
        SharedMemoryObject.Create(IpcAddress.FromName(name), new() { Size = 1 << 20 });

        // The runtime itself keeps code in a file in memory, unless it is told not to; and pwsh writes a file when it ends.
        ProcessResult result = await ChildProcess.RunAsync(
            prlimit,
            ["--fsize=4096:unlimited", Pwsh.Path, .. Pwsh.Command(Show + $$"""
                Show { New-SharedMemory -Name {{name}}-new -Size 4097 }
                Show { Write-SharedMemory -Name {{name}} -Value 1 -As Int32 -Offset 4093 }
                Show { Write-SharedMemory -Name {{name}} -Value 7 -As Int32 -Offset 4092; 'written' }
                prlimit --pid $PID --fsize=unlimited
                """)],
            environment: new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0" });

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["SharedMemoryTooLarge", "SharedMemoryTooLarge", "written"], result.Output.Split('\n')[..^1]);
    }

    private const string Show = """
        function Show([scriptblock] $do) {
            $ErrorActionPreference = 'Stop'
            try { "$(& $do)" } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
        }

        """;

    private static async Task<string[]> InNamespace(string kind, string setup, string script)
    {
        Tool.RequireRoot();
        ProcessResult result = await ChildProcess.RunAsync(
            Tool.Require("unshare", "util-linux"),
                [kind, "sh", "-c", $"{setup} && exec \"$0\" \"$@\"", Pwsh.Path, .. Pwsh.Command(Show + script)]);
        Assert.True(result is { ExitCode: 0, Error: "" }, result.Output + result.Error);
        return result.Output.Split('\n')[..^1];
    }

    private static async Task ChangeOwner(string path) =>
        Assert.Equal(0, (await ChildProcess.RunAsync("chown", ["65534:65534", path])).ExitCode);

    private static async Task RemoveWhateverIsThere(IpcAddress address)
    {
        if (address.Name is { } name && new FileInfo($"/dev/shm/{name}") is var file)
        {
            if (Directory.Exists(file.FullName))
            {
                Directory.Delete(file.FullName);
            }
            else
            {
                file.Delete();
            }
        }
        else if (address.Key is { } key)
        {
            // The lock may be one that the peer made, which PSIpc leaves.
            await ChildProcess.RunAsync("ipcrm", ["-M", SystemVKey.Format(key)]);
            await ChildProcess.RunAsync("ipcrm", ["-S", SystemVKey.Format(key)]);
        }
    }

    private void Operate(IpcAddress address, Random random)
    {
        SharedMemoryView? kept = null;
        for (int i = 0; i < Operations; i++)
        {
            try
            {
                if (random.Next(20) == 0)
                {
                    kept?.Dispose();
                    kept = null;
                    kept = SharedMemoryObject.Open(address);
                }

                OperateOnce(address, kept, random);
                Interlocked.Increment(ref _successes);
            }
            catch (IpcException exception) when (Expected.Contains(exception.Reason))
            {
                _errors.AddOrUpdate(exception.Reason, 1, static (_, count) => count + 1);
            }
        }

        kept?.Dispose();
    }

    private static void OperateOnce(IpcAddress address, SharedMemoryView? kept, Random random)
    {
        long offset = random.Next(4) * 2048L;
        int length = random.Next(70_000);
        switch (random.Next(10))
        {
            case 0:
                SharedMemoryObject.Create(
                    address, new() { Size = 1 + length, AllowExisting = random.Next(2) == 0, Content = new byte[random.Next(1 + length)] });
                return;
            case 1:
                SharedMemoryObject.Get(address);
                return;
            case 2:
                SharedMemoryObject.Wait(address, Condition(random), TimeSpan.FromMilliseconds(random.Next(3)));
                return;
            case 3:
                using (SharedMemoryObject.Lock(address, TimeSpan.FromMilliseconds(random.Next(3))))
                {
                    return;
                }

            case 4 when random.Next(4) == 0:
                SharedMemoryObject.Remove(address);
                return;
            case 5 when random.Next(50) == 0:
                _ = SharedMemoryObject.FindHolders(SharedMemoryObject.List());
                return;
        }

        SharedMemoryView view = kept is not null && random.Next(2) == 0 ? kept
            : SharedMemoryObject.Open(address, random.Next(4) == 0 ? SharedMemoryAccess.Read : SharedMemoryAccess.ReadWrite);
        try
        {
            switch (random.Next(9))
            {
                case 0: view.Read(offset, new byte[length]); break;
                case 1 or 2: view.Write(offset, new byte[length]); break;
                case 3:
                    view.ReadText(offset, random.Next(2) == 0 ? null : length, random.Next(2) == 0 ? Encoding.UTF8 : Encoding.UTF32);
                    break;
                case 4: SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Int32, offset, length / 4); break;
                case 5: SharedMemoryValue.ReadInto(view, offset, null, new double[length / 8]); break;
                case 6: _ = view.ReadRecords(Layout, offset, 1 + (length / 1000)).Count(); break;
                case 7:
                    var record = new Dictionary<string, object> { ["id"] = 7, ["name"] = "x" };
                    view.WriteRecords(new RecordWriter(Layout).Encode([record]), offset);
                    break;
                case 8 when view.Kind == nameof(IpcKind.SystemV):
                    view.AtomicLoadInt64(offset);
                    view.UseReadOnlySpan(offset, length, 0, static (bytes, _) => bytes.IndexOf((byte)1));
                    break;
            }
        }
        finally
        {
            if (view != kept)
            {
                view.Dispose();
            }
        }
    }

    private static SharedMemoryCondition Condition(Random random) => random.Next(5) switch
    {
        0 => SharedMemoryCondition.Exists,
        1 => SharedMemoryCondition.Removed,
        2 => SharedMemoryCondition.Attached(random.Next(3)),
        3 => SharedMemoryCondition.Changed(0, random.Next(2) == 0 ? null : 4096),
        _ => SharedMemoryCondition.Holds(random.Next(8192), new byte[random.Next(100)]),
    };
}
