using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Waiting on every kind of memory: what ends a wait.</summary>
[Collection(nameof(NotInParallel))]
public sealed class WaitTests : IDisposable
{
    private readonly SharedMemoryScope _scope = new();

    public static TheoryData<IpcKind> Kinds => SharedMemoryScope.Kinds;

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_wait_ends_when_it_exists_and_when_it_is_removed(IpcKind kind)
    {
        IpcAddress address = NewAddress(kind);
        Task<SharedMemoryInfo?> exists = Start(address, SharedMemoryCondition.Exists);
        await Blocks(exists);
        SharedMemoryObject.Create(address, new() { Size = 10 });
        Assert.Equal(SharedMemoryObject.Get(address).Size, (await exists.WaitAsync(ChildProcess.Patience))!.Size);

        Task<SharedMemoryInfo?> removed = Start(address, SharedMemoryCondition.Removed);
        await Blocks(removed);
        SharedMemoryObject.Remove(address);
        Assert.Null(await removed.WaitAsync(ChildProcess.Patience));
    }

    [Fact]
    public void An_object_without_a_size_does_not_exist_yet()
    {
        IpcAddress address = NewAddress(IpcKind.Posix);
        File.WriteAllBytes($"/dev/shm/{address.Name}", []);

        Throws.Ipc(IpcErrorReason.WaitTimeout, () => SharedMemoryObject.Wait(address, SharedMemoryCondition.Exists, TimeSpan.Zero));
    }

    [Fact]
    public void A_segment_marked_for_removal_is_removed_by_its_id_as_by_its_key()
    {
        IpcAddress address = NewAddress(IpcKind.SystemV);
        var id = IpcAddress.FromId(SharedMemoryObject.Create(address, new() { Size = 10 }).Id!.Value);
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        SharedMemoryObject.Remove(address);

        Assert.Null(SharedMemoryObject.Wait(id, SharedMemoryCondition.Removed, TimeSpan.Zero));
        Assert.Null(SharedMemoryObject.Wait(address, SharedMemoryCondition.Removed, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_wait_ends_when_so_many_are_attached()
    {
        IpcAddress address = NewAddress(IpcKind.SystemV);
        SharedMemoryObject.Create(address, new() { Size = 10 });
        Task<SharedMemoryInfo?> three = Start(address, SharedMemoryCondition.Attached(3));

        // One and not two: a process that is being started has for a moment what its parent has, and doubles the count.
        using SharedMemoryView first = SharedMemoryObject.Open(address);
        await Blocks(three);

        using SharedMemoryView second = SharedMemoryObject.Open(address);
        using SharedMemoryView third = SharedMemoryObject.Open(address);

        Assert.Equal(3, (await three.WaitAsync(ChildProcess.Patience))!.AttachCount);
    }

    [Fact]
    public void Attachments_of_objects_are_not_counted()
    {
        IpcAddress address = NewAddress(IpcKind.Posix);
        SharedMemoryObject.Create(address, new() { Size = 10 });

        Throws.Ipc(
            IpcErrorReason.PlatformNotSupported, () => SharedMemoryObject.Wait(address, SharedMemoryCondition.Attached(1), TimeSpan.Zero));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_wait_ends_when_a_byte_changes_in_the_range_and_not_beside_it(IpcKind kind)
    {
        IpcAddress address = NewAddress(kind);
        SharedMemoryObject.Create(address, new() { Size = 200_000 });
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        Task<SharedMemoryInfo?> range = Start(address, SharedMemoryCondition.Changed(10, 5));
        Task<SharedMemoryInfo?> all = Start(address, SharedMemoryCondition.Changed());

        Assert.NotNull(await Changing(view, 199_999, all));
        await Blocks(range);
        Assert.NotNull(await Changing(view, 14, range));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_wait_ends_when_the_value_is_there(IpcKind kind)
    {
        IpcAddress address = NewAddress(kind);
        SharedMemoryObject.Create(address, new() { Size = 16 });
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        SharedMemoryCondition condition = SharedMemoryCondition.Holds(8, new byte[] { 1, 2, 3, 4 });
        Task<SharedMemoryInfo?> byAddress = Start(address, condition);
        var byView = Task.Run(() => SharedMemoryObject.Wait(view, condition, ChildProcess.Patience));

        view.Write(8, [1, 2, 3, 0]);
        await Blocks(byAddress);
        view.Write(8, [1, 2, 3, 4]);

        Assert.NotNull(await byAddress.WaitAsync(ChildProcess.Patience));
        Assert.NotNull(await byView.WaitAsync(ChildProcess.Patience));
        Throws.Ipc(
            IpcErrorReason.SharedMemoryOutOfRange,
            () => SharedMemoryObject.Wait(address, SharedMemoryCondition.Holds(view.Size - 3, new byte[4]), TimeSpan.Zero));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_removal_ends_a_wait_for_content_unless_the_caller_has_it_open(IpcKind kind)
    {
        IpcAddress address = NewAddress(kind);
        SharedMemoryObject.Create(address, new() { Size = 16 });
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        Task<SharedMemoryInfo?> byAddress = Start(address, SharedMemoryCondition.Changed());
        var byView = Task.Run(() => SharedMemoryObject.Wait(view, SharedMemoryCondition.Changed(), ChildProcess.Patience));
        await Blocks(byAddress);
        await Blocks(byView);

        SharedMemoryObject.Remove(address);

        IpcException removed = await Assert.ThrowsAsync<IpcException>(() => byAddress.WaitAsync(ChildProcess.Patience));
        Assert.Equal(IpcErrorReason.SharedMemoryNotFound, removed.Reason);
        await Blocks(byView);
        SharedMemoryInfo? last = await Changing(view, 0, byView);

        // The segment is there as long as somebody has it; an object without a name can no longer be looked at.
        Assert.Equal(kind == IpcKind.SystemV ? nameof(SharedMemoryStatus.Dest) : null, last?.Status);
    }

    [Fact]
    public void The_time_out_says_what_was_waited_for_and_for_how_long()
    {
        IpcAddress address = NewAddress(SharedMemoryScope.Named);

        Throws.Ipc(
            IpcErrorReason.WaitTimeout,
            () => SharedMemoryObject.Wait(address, SharedMemoryCondition.Exists, TimeSpan.FromSeconds(0.05)),
            $"0.05 s for {address} to exist");

        Throws.Ipc(
            IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Wait(address, SharedMemoryCondition.Changed(), TimeSpan.Zero));
        Throws.Ipc(
            IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Wait(address, SharedMemoryCondition.Attached(1), TimeSpan.Zero));
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once()
    {
        using var cancellation = new CancellationTokenSource();
        Task<SharedMemoryInfo?> wait = Task.Run(() => SharedMemoryObject.Wait(
            NewAddress(
                SharedMemoryScope.Named), SharedMemoryCondition.Exists, Timeout.InfiniteTimeSpan, cancellationToken: cancellation.Token));
        await Blocks(wait);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(ChildProcess.Patience));
    }

    private static Task<SharedMemoryInfo?> Start(IpcAddress address, SharedMemoryCondition condition) =>
        Task.Run(() => SharedMemoryObject.Wait(address, condition, ChildProcess.Patience));

    /// <summary>The task does not end by itself; half a moment is enough to see one that would.</summary>
    private static async Task Blocks(Task task) => Assert.NotEqual(task, await Task.WhenAny(task, Task.Delay(60)));

    /// <summary>Changes a byte until the wait ends: nobody outside sees when it has begun.</summary>
    private static async Task<SharedMemoryInfo?> Changing(SharedMemoryView view, long offset, Task<SharedMemoryInfo?> wait)
    {
        using var patience = new CancellationTokenSource(ChildProcess.Patience);
        for (byte value = 1; !wait.IsCompleted; value++)
        {
            view.Write(offset, [value]);
            await Task.WhenAny(wait, Task.Delay(5, patience.Token));
            patience.Token.ThrowIfCancellationRequested();
        }

        return await wait;
    }

    private IpcAddress NewAddress(IpcKind kind) => _scope.New(kind);
}
