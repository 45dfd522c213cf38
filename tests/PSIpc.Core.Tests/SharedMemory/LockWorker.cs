using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.SharedMemory.Posix;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>
/// This test program as another process: it adds to the number at the start of shared memory under its lock, and to a number of
/// its own, in the slot that it is given.
/// </summary>
internal static class LockWorker
{
    private const string Variable = "PSIPC_TEST_LOCK_WORKER";
    private const int NumberBytes = sizeof(long);

    /// <summary>Starts one.</summary>
    /// <param name="address">The memory.</param>
    /// <param name="slot">Its own number's place: 1 for the one after the common number.</param>
    /// <param name="times">How often it adds one.</param>
    /// <param name="thenHold">Whether it then takes the lock once more, prints "locked" and never gives it back.</param>
    internal static ChildProcess Start(IpcAddress address, int slot, int times, bool thenHold = false) => ChildProcess.Start(
        Environment.ProcessPath!,
        [],
        new Dictionary<string, string?>
        {
            [Variable] = string.Create(
                CultureInfo.InvariantCulture,
                $"{address.Key}/{address.Name}/{SharedMemoryObject.Posix is MappedPosixBackend}/{slot}/{times}/{thenHold}"),
        });

    /// <summary>Waits for the end of them all, and asserts that it was a good one.</summary>
    internal static async Task AllSucceed(IEnumerable<ChildProcess> workers)
    {
        foreach (ChildProcess worker in workers)
        {
            ProcessResult result = await worker.WaitForExitAsync();
            Assert.True(result.ExitCode == 0, result.Error);
            await worker.DisposeAsync();
        }
    }

    // Before the test runner's own Main, which knows nothing of workers.
    [ModuleInitializer]
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('/') is [var key, var name, var maps, var slot, var times, var thenHold])
        {
            if (bool.Parse(maps))
            {
                SharedMemoryObject.Posix = new MappedPosixBackend();
            }

            Run(
                key.Length > 0 ? IpcAddress.FromKey(int.Parse(key, CultureInfo.InvariantCulture)) : IpcAddress.FromName(name),
                int.Parse(slot, CultureInfo.InvariantCulture),
                int.Parse(times, CultureInfo.InvariantCulture),
                bool.Parse(thenHold));
            Environment.Exit(0);
        }
    }

    private static void Run(IpcAddress address, int slot, int times, bool thenHold)
    {
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        for (int i = 0; i < times; i++)
        {
            using SharedMemoryLock taken = SharedMemoryObject.Lock(address, ChildProcess.Patience);
            AddOne(view, 0);
            AddOne(view, slot);
        }

        if (thenHold)
        {
            SharedMemoryObject.Lock(address, ChildProcess.Patience);
            Console.Out.WriteLine("locked");
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private static void AddOne(SharedMemoryView view, int slot)
    {
        long number = 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<long>(ref number));
        view.Read(slot * NumberBytes, bytes);
        number++;
        view.Write(slot * NumberBytes, bytes);
    }
}
