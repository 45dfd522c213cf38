using System.Globalization;
using PSIpc.Interop;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.SharedMemory.SystemV;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>The lock of every kind of memory, within a process and between processes.</summary>
[Collection(nameof(NotInParallel))]
public sealed class LockTests : IDisposable
{
    // Half of them are killed where some are.
    private static readonly int Workers = TestTier.Choose(test: 4, ci: 8, soak: 8);
    private static readonly int Killed = Workers / 2;

    // Under Wine, which has one server for all that processes share, taking a mutex is slower by far.
    private static readonly int Times = OperatingSystem.IsWindows() ? 300 : TestTier.Choose(test: 1000, ci: 2000, soak: 10_000);

    private readonly SharedMemoryScope _scope = new();

    public static TheoryData<IpcKind> Kinds => SharedMemoryScope.Kinds;

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Processes_lose_no_increment(IpcKind kind)
    {
        IpcAddress address = Create(kind);

        ChildProcess[] workers = [.. Enumerable.Range(1, Workers).Select(slot => LockWorker.Start(address, slot, Times))];

        await LockWorker.AllSucceed(workers);
        Assert.Equal([Workers * Times, .. Enumerable.Repeat((long)Times, Workers)], Numbers(address));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Processes_killed_inside_the_lock_free_it_and_lose_no_increment(IpcKind kind)
    {
        IpcAddress address = Create(kind);

        ChildProcess[] workers = [.. Enumerable.Range(1, Workers).Select(slot => LockWorker.Start(address, slot, slot <= Killed ? 100 : Times, thenHold: slot <= Killed))];
        await Task.WhenAll(workers[..Killed].Select(async victim =>
        {
            await victim.WaitForLineAsync("locked");
            victim.Kill();
        }));

        await LockWorker.AllSucceed(workers[Killed..]);
        Assert.Equal([.. Enumerable.Repeat(100L, Killed), .. Enumerable.Repeat((long)Times, Workers - Killed)], Numbers(address)[1..]);
        Assert.Equal((Killed * 100) + ((Workers - Killed) * Times), Numbers(address)[0]);
        await Task.WhenAll(workers[..Killed].Select(victim => victim.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task C_programs_take_the_same_lock()
    {
        IpcAddress address = Create(IpcKind.SystemV);
        string c = CProgram.Compile("lock");
        using (SharedMemoryObject.Lock(address, TimeSpan.Zero))
        {
            // It makes the semaphore, which the C program expects.
        }

        ChildProcess[] workers =
        [
            .. Enumerable.Range(1, Workers / 2).Select(slot => LockWorker.Start(address, slot, Times)),
            .. Enumerable.Range(0, Workers / 2).Select(
                _ => ChildProcess.Start(c, ["count", Decimal(address), Times.ToString(CultureInfo.InvariantCulture)])),
        ];

        await LockWorker.AllSucceed(workers);
        Assert.Equal(Workers * Times, Numbers(address)[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_C_program_holds_is_waited_for_and_its_process_named(bool polls)
    {
        IpcAddress address = Create(IpcKind.SystemV);
        string c = CProgram.Compile("lock");
        SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();
        await using var holder = ChildProcess.Start(c, ["hold", Decimal(address)]);
        await holder.WaitForLineAsync("locked");

        Throws.Ipc(
            IpcErrorReason.WaitTimeout,
            () => Take(TimeSpan.FromSeconds(0.1)),
            "0.1 s for the lock of",
            $"process {holder.Id.ToString(CultureInfo.InvariantCulture)}");
        var wait = Task.Run(() => Take(ChildProcess.Patience));
        await Blocks(wait);
        holder.Signal(9);
        (await wait.WaitAsync(ChildProcess.Patience)).Dispose();

        // Where there is no semtimedop, the semaphore is asked again and again.
        SharedMemoryLock Take(TimeSpan timeout)
        {
            int id = SharedMemoryObject.Get(address).Id!.Value;
            Assert.True(Libc.ShmStat(id, out ShmidDs segment).IsSuccess);
            return polls
                ? SharedMemoryLock.Acquire(new SystemVLock(address, id, segment.Perm, polls), timeout, null, CancellationToken.None)
                : SharedMemoryObject.Lock(address, timeout);
        }
    }

    [Fact]
    public async Task A_lock_that_a_C_program_made_is_used_and_never_removed()
    {
        IpcAddress address = Create(IpcKind.SystemV);
        string c = CProgram.Compile("lock");
        Assert.Equal(0, (await ChildProcess.RunAsync(c, ["make", Decimal(address)])).ExitCode);
        int id = Libc.SemGet(address.Key!.Value, 0, 0).IntValue;
        try
        {
            using (SharedMemoryObject.Lock(address, TimeSpan.Zero))
            {
                Assert.Equal(0, Libc.SemValue(id, 0).Value);
            }

            Assert.Equal(1, Libc.SemValue(id, 0).Value);
            SharedMemoryObject.Remove(address);
            Assert.Equal(1, Libc.SemValue(id, 0).Value);
        }
        finally
        {
            Assert.Equal(0, (await ChildProcess.RunAsync(c, ["remove", Decimal(address)])).ExitCode);
        }
    }

    [Fact]
    public void A_lock_that_PSIpc_made_goes_with_the_segment_whoever_removed_that()
    {
        foreach (bool segmentGoesFirst in new[] { false, true })
        {
            IpcAddress address = Create(IpcKind.SystemV);
            SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();
            Assert.True(Libc.SemGet(address.Key!.Value, 1, 0).IsSuccess);

            if (segmentGoesFirst)
            {
                Libc.ShmRemove(SharedMemoryObject.Get(address).Id!.Value);
                Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Remove(address));
            }
            else
            {
                SharedMemoryObject.Remove(address);
            }

            Assert.False(Libc.SemGet(address.Key!.Value, 0, 0).IsSuccess);
        }
    }

    [Fact]
    public void A_lock_whose_maker_died_before_it_had_values_is_completed_once()
    {
        IpcAddress address = Create(IpcKind.SystemV);
        int id = Libc.SemGet(address.Key!.Value, 2, SysShmH.IPC_CREAT | 0b110_000_000).IntValue;

        SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();
        SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();

        Assert.Equal(1, Libc.SemValue(id, 0).Value);
        SharedMemoryObject.Remove(address);
        Assert.Equal(-1, Libc.SemValue(id, 0).Value);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_process_takes_it_once_and_gives_back_only_what_it_has(IpcKind kind)
    {
        IpcAddress address = Create(kind);
        Throws.Ipc(IpcErrorReason.SharedMemoryLockNotHeld, () => SharedMemoryObject.Unlock(address));

        SharedMemoryLock taken = SharedMemoryObject.Lock(address, TimeSpan.Zero);
        Throws.Ipc(IpcErrorReason.SharedMemoryLockHeld, () => SharedMemoryObject.Lock(address, Timeout.InfiniteTimeSpan));
        Throws.Ipc(
            IpcErrorReason.SharedMemoryLockHeld,
            () => SharedMemoryObject.Lock(SharedMemoryObject.Get(address).ToExactAddress(), Timeout.InfiniteTimeSpan));
        SharedMemoryObject.Unlock(SharedMemoryObject.Get(address).ToExactAddress());
        taken.Dispose();

        Throws.Ipc(IpcErrorReason.SharedMemoryLockNotHeld, () => SharedMemoryObject.Unlock(address));
        SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_removal_leaves_the_lock_to_be_given_back_and_a_new_one_to_be_taken(IpcKind kind)
    {
        Assert.SkipWhen(
            kind == IpcKind.Windows || (kind == IpcKind.Posix && OperatingSystem.IsMacOS()), "The lock belongs to the name.");
        IpcAddress address = Create(kind);
        using SharedMemoryLock first = SharedMemoryObject.Lock(address, TimeSpan.Zero);
        SharedMemoryObject.Remove(address);
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Lock(address, TimeSpan.Zero));

        SharedMemoryObject.Create(address, new() { Size = 8 });
        using SharedMemoryLock second = SharedMemoryObject.Lock(address, TimeSpan.Zero);

        first.Dispose();
        Throws.Ipc(IpcErrorReason.SharedMemoryLockHeld, () => SharedMemoryObject.Lock(address, TimeSpan.Zero));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_wait_for_it_ends_with_the_memory_or_when_cancelled(IpcKind kind)
    {
        IpcAddress address = Create(kind);
        await using ChildProcess holder = LockWorker.Start(address, 1, 1, thenHold: true);
        await holder.WaitForLineAsync("locked");
        using var cancellation = new CancellationTokenSource();
        var cancelled = Task.Run(() => SharedMemoryObject.Lock(address, Timeout.InfiniteTimeSpan, cancellationToken: cancellation.Token));
        await Blocks(cancelled);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(ChildProcess.Patience));

        var removed = Task.Run(() => SharedMemoryObject.Lock(address, ChildProcess.Patience));
        await Blocks(removed);
        SharedMemoryObject.Remove(address);

        IpcException exception = await Assert.ThrowsAsync<IpcException>(() => removed.WaitAsync(ChildProcess.Patience));
        Assert.Equal(IpcErrorReason.SharedMemoryNotFound, exception.Reason);
    }

    [Fact]
    public void A_private_segment_has_no_lock()
    {
        _scope.New(IpcKind.SystemV);
        IpcAddress address = _scope.Remember(SharedMemoryObject.Create(IpcAddress.Private, new() { Size = 8 }).ToExactAddress());

        Throws.Ipc(IpcErrorReason.SharedMemoryKeyInvalid, () => SharedMemoryObject.Lock(address, TimeSpan.Zero), "private");
    }

    private static long[] Numbers(IpcAddress address)
    {
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        return (long[])SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Int64, 0, Workers + 1);
    }

    private static async Task Blocks(Task task) => Assert.NotEqual(task, await Task.WhenAny(task, Task.Delay(60)));

    private static string Decimal(IpcAddress address) => address.Key!.Value.ToString(CultureInfo.InvariantCulture);

    private IpcAddress Create(IpcKind kind)
    {
        IpcAddress address = _scope.New(kind);
        SharedMemoryObject.Create(address, new() { Size = (Workers + 1) * sizeof(long) });
        return address;
    }
}
