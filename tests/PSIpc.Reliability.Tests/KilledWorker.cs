using System.Diagnostics;
using System.Runtime.CompilerServices;
using PSIpc.Echo.Client;
using PSIpc.Echo.Load;
using PSIpc.Echo.Server;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>This test program as another process, which does one thing over and over until it is killed.</summary>
internal static class KilledWorker
{
    /// <summary>What content looks like: every byte of one write is the same, and never 0.</summary>
    internal const int ContentBytes = 1 << 20;

    /// <summary>The bytes before and after the content that no write may touch.</summary>
    internal const int GuardBytes = 4096;

    private const string Variable = "PSIPC_TEST_WORKER";
    private const int Unexpected = 99;

    // What the others at the same address cause, who are in the middle of the same thing.
    private static readonly IpcErrorReason[] Rivalry =
    [
        IpcErrorReason.SharedMemoryExists, IpcErrorReason.SharedMemoryNotFound, IpcErrorReason.SharedMemoryMarkedForRemoval,
        IpcErrorReason.SharedMemoryChanged, IpcErrorReason.EchoAddressInUse, IpcErrorReason.EchoConnectionRefused,
    ];

    private static readonly Dictionary<string, Action<IpcAddress>> MemoryWork = new()
    {
        ["create"] = Create,
        ["write"] = Write,
        ["lock"] = Lock,
        ["exists"] = address =>
            SharedMemoryObject.Wait(address, SharedMemoryCondition.Holds(0, new byte[] { 1, 2, 3 }), Timeout.InfiniteTimeSpan),
        ["changed"] = address => SharedMemoryObject.Wait(address, SharedMemoryCondition.Changed(), Timeout.InfiniteTimeSpan),
        ["removed"] = address => SharedMemoryObject.Wait(address, SharedMemoryCondition.Removed, Timeout.InfiniteTimeSpan),
        ["locked"] = address => SharedMemoryObject.Lock(address, Timeout.InfiniteTimeSpan),
    };

    private static readonly Dictionary<string, Action<SocketEndpoint>> EchoWork = new()
    {
        ["serve"] = Serve,
        ["measure"] = endpoint => EchoLoad.Run(endpoint,
            new() { Connections = 8, Count = 1000, ConnectTimeout = ChildProcess.Patience, ExchangeTimeout = ChildProcess.Patience }),
    };

    /// <summary>Starts some on shared memory, kills all of them at a random moment, and asserts that nothing else ended them.</summary>
    internal static Task Kill(int count, string work, IpcAddress address, Random random) =>
        Kill(count, $"{work}|{(address.Key is { } key ? SystemVKey.Format(key) : address.Name)}", random);

    /// <summary>Starts some on an endpoint, kills all of them at a random moment, and asserts that nothing else ended them.</summary>
    internal static Task Kill(int count, string work, SocketEndpoint endpoint, Random random) => Kill(count, $"{work}|{endpoint}", random);

    // Before the test runner's own Main, which does not handle workers.
    [ModuleInitializer]
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var work, var place])
        {
            return;
        }

        try
        {
            Run(work, place);
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            Environment.Exit(Unexpected);
        }
    }

    private static async Task Kill(int count, string task, Random random)
    {
        const int SpreadMicroseconds = 20_000;
        const int Killed = 137;
        ChildProcess[] workers =
            [.. Enumerable.Range(0, count)
                .Select(_ => ChildProcess.Start(Environment.ProcessPath!, [], new Dictionary<string, string?> { [Variable] = task }))];
        try
        {
            await Task.WhenAll(workers.Select(worker => worker.WaitForLineAsync("ready")));
            foreach (ChildProcess worker in workers)
            {
                // Finer than any timer: what is to be hit lasts for microseconds.
                long end = Stopwatch.GetTimestamp() + (random.Next(SpreadMicroseconds) * Stopwatch.Frequency / 1_000_000);
                SpinWait.SpinUntil(() => Stopwatch.GetTimestamp() >= end);
                worker.Signal(9);
            }

            foreach (ChildProcess worker in workers)
            {
                ProcessResult result = await worker.WaitForExitAsync();
                Assert.True(result.ExitCode == Killed,
                    $"{task} ended with {result.ExitCode} before it was killed (seed {Soak.Seed}):\n{result.Error}");
            }
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.DisposeAsync().AsTask()));
        }
    }

    private static void Run(string work, string place)
    {
        Action turn;
        if (MemoryWork.TryGetValue(work, out Action<IpcAddress>? onMemory))
        {
            IpcAddress address = place.StartsWith("0x", StringComparison.Ordinal)
                ? IpcAddress.FromKey(SystemVKey.Parse(place))
                : IpcAddress.FromName(place);
            turn = () => onMemory(address);
        }
        else
        {
            SocketEndpoint endpoint = SocketEndpoint.Parse(place);
            turn = () => EchoWork[work](endpoint);
        }

        Console.Out.WriteLine("ready");
        while (true)
        {
            try
            {
                turn();
            }
            catch (IpcException exception) when (Rivalry.Contains(exception.Reason))
            {
                // The other worker did the same thing at the same moment.
            }
        }
    }

    private static void Create(IpcAddress address)
    {
        byte[] content = new byte[ContentBytes];
        content.AsSpan().Fill(1);
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        SharedMemoryObject.Create(address, new() { Size = content.Length, Mode = Mode, Content = content });
        SharedMemoryObject.Remove(address);
    }

    private static void Write(IpcAddress address)
    {
        byte[] content = new byte[ContentBytes];
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        for (byte value = 1; value != 0; value++)
        {
            content.AsSpan().Fill(value);
            view.Write(GuardBytes, content);
        }
    }

    // Two numbers that are the same whenever nobody has the lock, but for those who died between the two.
    private static void Lock(IpcAddress address)
    {
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        using SharedMemoryLock taken = SharedMemoryObject.Lock(address, ChildProcess.Patience);
        view.Write(0, view.Read<long>(0) + 1);
        Thread.SpinWait(1000);
        view.Write(sizeof(long), view.Read<long>(sizeof(long)) + 1);
    }

    private static void Serve(SocketEndpoint endpoint)
    {
        using var server = EchoServer.Start(new() { Endpoint = endpoint });
        EchoClient.Send(endpoint, EchoPayload.Pattern(1000), new() { Timeout = ChildProcess.Patience });
    }
}
