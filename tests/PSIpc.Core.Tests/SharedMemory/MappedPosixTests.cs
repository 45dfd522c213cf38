using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.SharedMemory.Posix;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>The contract on POSIX objects that are mapped, as macOS has them and Linux can; and what only they have.</summary>
[Collection(nameof(NotInParallel))]
public sealed class MappedPosixTests : MappedMemoryContract
{
    private static readonly int Workers = TestTier.Choose(test: 4, ci: 8, soak: 8);
    private static readonly int Times = TestTier.Choose(test: 500, ci: 2000, soak: 2000);

    private readonly MappedObjects _mapped = new();

    protected override bool IsListed => false;

    protected override long SizeOf(long asked) => OperatingSystem.IsMacOS()
        ? (asked + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize
        : asked;

    protected override IpcAddress NewAddress()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no POSIX objects.");
        return Scope.NewName();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _mapped.Dispose();
    }

    [Fact]
    public void More_than_the_process_can_map_is_refused_with_the_figure_and_leaves_nothing()
    {
        IpcAddress address = NewAddress();

        Throws.Ipc(IpcErrorReason.SharedMemoryTooLarge, () => Create(address, 1L << 60), "1152921504606846976");

        AssertGone(address);
    }

    [Fact]
    public void An_object_that_has_no_size_yet_is_nothing_to_read_and_too_small_to_use()
    {
        IpcAddress address = NewAddress();
        OpenNew(address).Dispose();

        using SharedMemoryView view = SharedMemoryObject.Open(address);

        Assert.Equal(0, view.Size);
        view.Read(0, []);
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.Read(0, new byte[1]), "0 bytes");
        Throws.Ipc(
            IpcErrorReason.SharedMemorySizeMismatch,
            () => SharedMemoryObject.Create(address, new() { Size = 1, AllowExisting = true }),
            "0 bytes");
    }

    [Fact]
    public async Task An_object_that_another_is_just_making_is_waited_for()
    {
        IpcAddress address = NewAddress();
        using SafeFileHandle file = OpenNew(address);

        var user = Task.Run(() => SharedMemoryObject.Create(address, new() { Size = 100, AllowExisting = true }));
        Assert.True(Libc.FTruncate(file, 100).IsSuccess);

        Assert.Equal((SizeOf(100), false), ((await user).Size, (await user).Created));
    }

    [Fact]
    public async Task Of_many_who_create_at_once_one_creates()
    {
        IpcAddress address = NewAddress();

        SharedMemoryInfo[] infos = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => Task.Run(() => SharedMemoryObject.Create(address, new() { Size = 4096, AllowExisting = true }))));

        Assert.Single(infos, info => info.Created == true);
        Assert.All(infos, info => Assert.Equal(SizeOf(4096), info.Size));
    }

    [Fact]
    public void What_is_removed_is_seen_by_who_waits()
    {
        IpcAddress address = NewAddress();
        Create(address, 10);
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        Assert.False(view.IsRemoved);

        SharedMemoryObject.Remove(address);

        Assert.True(view.IsRemoved);
        Assert.Null(SharedMemoryObject.Wait(address, SharedMemoryCondition.Removed, TimeSpan.Zero));
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Lock(address, TimeSpan.Zero));
    }

    [Fact]
    public async Task Processes_lose_no_increment_also_when_some_are_killed_inside_the_lock()
    {
        IpcAddress address = NewAddress();
        Create(address, (Workers + 1) * sizeof(long));

        await using ChildProcess victim = LockWorker.Start(address, 1, 100, thenHold: true);
        List<ChildProcess> others = [.. Enumerable.Range(2, Workers - 2).Select(slot => LockWorker.Start(address, slot, Times))];
        await victim.WaitForLineAsync("locked");
        Assert.True(File.Exists(MappedPosixLock.PathOf(address)));
        Throws.Ipc(IpcErrorReason.WaitTimeout, () => SharedMemoryObject.Lock(address, TimeSpan.Zero), "the lock of");
        victim.Kill();

        // The others may have come to their end before the victim had its turn, and the file of the dead goes with the next holder.
        others.Add(LockWorker.Start(address, Workers, Times));
        await LockWorker.AllSucceed(others);

        using SharedMemoryView view = SharedMemoryObject.Open(address);
        Assert.Equal(100 + ((Workers - 1) * Times), view.Read<long>(0));
        Assert.False(File.Exists(MappedPosixLock.PathOf(address)));
    }

    [Fact]
    public async Task A_wait_for_the_lock_ends_with_the_object()
    {
        IpcAddress address = NewAddress();
        Create(address, (Workers + 1) * sizeof(long));
        await using ChildProcess holder = LockWorker.Start(address, 1, 1, thenHold: true);
        await holder.WaitForLineAsync("locked");
        var waiter = Task.Run(() => SharedMemoryObject.Lock(address, ChildProcess.Patience));

        SharedMemoryObject.Remove(address);

        Assert.Equal(IpcErrorReason.SharedMemoryNotFound, (await Assert.ThrowsAsync<IpcException>(() => waiter)).Reason);
        File.Delete(MappedPosixLock.PathOf(address));
    }

    [Fact]
    public void A_lock_belongs_to_the_name_and_outlives_the_object()
    {
        IpcAddress address = NewAddress();
        Create(address, 8);
        using SharedMemoryLock taken = SharedMemoryObject.Lock(address, TimeSpan.Zero);
        SharedMemoryObject.Remove(address);

        Create(address, 8);

        Throws.Ipc(IpcErrorReason.SharedMemoryLockHeld, () => SharedMemoryObject.Lock(address, TimeSpan.Zero));
        SharedMemoryObject.Unlock(address);
        SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();
    }

    [Theory]
    [InlineData(0b110_000_000, 0b100_000_000)]
    [InlineData(0b110_110_000, 0b100_100_000)]
    [InlineData(0b110_110_110, 0b100_100_100)]
    public void Who_may_read_the_object_may_lock_it(int mode, int lockMode)
    {
        IpcAddress address = NewAddress();
        SharedMemoryObject.Create(address, new() { Size = 8, Mode = (UnixFileMode)mode });

        using SharedMemoryLock taken = SharedMemoryObject.Lock(address, TimeSpan.Zero);

        Assert.Equal((UnixFileMode)lockMode, File.GetUnixFileMode(MappedPosixLock.PathOf(address)));
    }

    [Fact]
    public void What_is_planted_where_the_lock_belongs_is_neither_followed_nor_removed()
    {
        IpcAddress address = NewAddress();
        Create(address, 8);
        string path = MappedPosixLock.PathOf(address);
        string target = Path.GetTempFileName();
        File.CreateSymbolicLink(path, target);
        try
        {
            Throws.Ipc(IpcErrorReason.NativeError, () => SharedMemoryObject.Lock(address, TimeSpan.Zero), path, "cannot be opened");
            File.Delete(path);
            Directory.CreateDirectory(path);
            Throws.Ipc(
                IpcErrorReason.SharedMemoryAccessDenied, () => SharedMemoryObject.Lock(address, TimeSpan.Zero), path, UserNames.Current);
            Assert.True(Directory.Exists(path));
        }
        finally
        {
            Directory.Delete(path);
            File.Delete(target);
        }
    }

    private static SafeFileHandle OpenNew(IpcAddress address)
    {
        int flags = FcntlH.O_RDWR | FcntlH.O_CREAT | FcntlH.O_EXCL;
        Assert.True(Libc.ShmOpen($"/{address.Name}", flags, 0b110_000_000, out SafeFileHandle file).IsSuccess);
        return file;
    }
}

/// <summary>Lets POSIX objects be mapped as on macOS, until it is disposed; for tests that run alone.</summary>
internal sealed class MappedObjects : IDisposable
{
    private readonly SharedMemoryBackend? _before = SharedMemoryObject.Posix;

    internal MappedObjects() => SharedMemoryObject.Posix = new MappedPosixBackend();

    public void Dispose() => SharedMemoryObject.Posix = _before;
}
