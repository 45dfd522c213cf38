using System.Globalization;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>The contract on named sections of Windows, and what only they have.</summary>
[Collection(nameof(NotInParallel))]
public sealed class WindowsTests : MappedMemoryContract
{
    protected override bool HasOwner => false;

    protected override long SizeOf(long asked) =>
        (asked + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    protected override IpcAddress NewAddress() => Scope.NewName();

    [Fact]
    public async Task A_C_program_reads_and_writes_the_section()
    {
        IpcAddress address = NewAddress();
        string c = CProgram.Compile("section");
        SharedMemoryObject.Create(address, new() { Size = 100, Content = "from here\0"u8.ToArray() });

        ProcessResult read = await ChildProcess.RunAsync(c, ["read", address.Name!]);
        ProcessResult wrote = await ChildProcess.RunAsync(c, ["write", address.Name!, "from C"]);

        Assert.Equal(("from here", 0), (read.Output.Trim(), wrote.ExitCode));
        Assert.Equal("from C", ReadText(address));
    }

    [Fact]
    public async Task A_section_of_another_process_is_found_and_used_and_goes_with_it()
    {
        IpcAddress address = NewAddress();
        await using ChildProcess holder = await Hold(address);

        Assert.Equal(SizeOf(5000), SharedMemoryObject.Get(address).Size);
        Assert.Equal("of C", ReadText(address));
        Throws.Ipc(IpcErrorReason.SharedMemoryExists, () => Create(address, 1));
        Throws.Ipc(IpcErrorReason.SharedMemoryHeldElsewhere, () => SharedMemoryObject.Remove(address), "another process");
        Assert.DoesNotContain(SharedMemoryObject.List(), info => info.Name == address.Name);
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        holder.Input.Close();

        Assert.Null(SharedMemoryObject.Wait(address, SharedMemoryCondition.Removed, ChildProcess.Patience));
        AssertGone(address);
        Assert.Equal((byte)'o', view.Read<byte>(0));
    }

    [Fact]
    public async Task A_section_that_was_opened_instead_of_created_is_held_too()
    {
        IpcAddress address = NewAddress();
        await using ChildProcess holder = await Hold(address);

        Assert.False(SharedMemoryObject.Create(address, new() { Size = 1, AllowExisting = true }).Created);
        holder.Input.Close();
        await holder.WaitForExitAsync();

        Assert.Equal("of C", ReadText(address));
        Assert.Contains(SharedMemoryObject.List(), info => info.Name == address.Name);
        SharedMemoryObject.Remove(address);
        AssertGone(address);
    }

    [Fact]
    public void Held_twice_is_let_go_once()
    {
        IpcAddress address = NewAddress();
        Create(address, 1);
        SharedMemoryObject.Create(address, new() { Size = 1, AllowExisting = true });

        SharedMemoryObject.Remove(address);

        AssertGone(address);
    }

    [Fact]
    public void A_name_may_say_which_namespace_it_is_of()
    {
        IpcAddress address = NewAddress();
        var global = Scope.Remember(IpcAddress.FromName(@$"Global\{address.Name}-global"));
        Create(address, 1);
        Write(address, 0, "local"u8);

        Assert.Equal("local", ReadText(IpcAddress.FromName(@$"Local\{address.Name}")));
        AssertGone(global);
        Throws.Ipc(IpcErrorReason.SharedMemoryNameInvalid, () => IpcAddress.FromName(@"Global\a\b"), "slash");
        Throws.Ipc(IpcErrorReason.SharedMemoryNameInvalid, () => IpcAddress.FromName(@"Local\"), "empty");
    }

    [Fact]
    public void A_name_of_something_else_is_no_section()
    {
        IpcAddress address = NewAddress();
        using var mutex = new Mutex(false, address.Name);

        Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Get(address), "mutex");
        Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => Create(address, 1));
        mutex.Dispose();
        Create(address, 1);
    }

    [Fact]
    public void More_than_the_system_can_promise_is_refused_with_the_figure()
    {
        IpcAddress address = NewAddress();

        IpcException exception = Assert.Throws<IpcException>(() => Create(address, 1L << 60));

        Assert.True(exception.Reason is IpcErrorReason.SharedMemoryTooLarge or IpcErrorReason.SharedMemoryNoSpace, exception.Message);
        Assert.Contains("1152921504606846976", exception.Message, StringComparison.Ordinal);
        AssertGone(address);
    }

    [Fact]
    public void A_key_is_refused()
    {
        NewAddress();

        Throws.Ipc(IpcErrorReason.PlatformNotSupported, () => SharedMemoryObject.Get(IpcAddress.FromKey(1234)), "Windows has no System V");
        Throws.Ipc(IpcErrorReason.PlatformNotSupported, () => SharedMemoryObject.Get(IpcAddress.FromId(1)), "Windows has no System V");
        Throws.Ipc(
            IpcErrorReason.PlatformNotSupported, () => SharedMemoryObject.Create(IpcAddress.Private, new() { Size = 1 }), "System V");
    }

    [Fact]
    public async Task The_lock_excludes_a_C_program_and_is_excluded_by_it()
    {
        IpcAddress address = NewAddress();
        string c = CProgram.Compile("section");
        Create(address, 8);

        using (SharedMemoryObject.Lock(address, TimeSpan.Zero))
        {
            Assert.Equal("busy", (await ChildProcess.RunAsync(c, ["try", address.Name!])).Output.Trim());
        }

        Assert.Equal("free", (await ChildProcess.RunAsync(c, ["try", address.Name!])).Output.Trim());
        await using var holder = ChildProcess.Start(c, ["lock", address.Name!]);
        await holder.WaitForLineAsync("locked");
        Throws.Ipc(IpcErrorReason.WaitTimeout, () => SharedMemoryObject.Lock(address, TimeSpan.Zero), "the lock of");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lock_whose_holder_ended_is_taken(bool waiting)
    {
        IpcAddress address = NewAddress();
        string c = CProgram.Compile("section");
        Create(address, 8);
        await using var holder = ChildProcess.Start(c, ["lock", address.Name!]);
        await holder.WaitForLineAsync("locked");
        Throws.Ipc(IpcErrorReason.WaitTimeout, () => SharedMemoryObject.Lock(address, TimeSpan.FromSeconds(0.1)));
        Task<SharedMemoryLock>? waiter = waiting ? Task.Run(() => SharedMemoryObject.Lock(address, ChildProcess.Patience)) : null;

        holder.Input.Close();
        await holder.WaitForExitAsync();

        using SharedMemoryLock taken = waiter is null ? SharedMemoryObject.Lock(address, ChildProcess.Patience) : await waiter;
        Assert.True(taken.IsHeld);
    }

    [Fact]
    public async Task C_programs_and_this_one_lose_no_increment()
    {
        const int Times = 500;
        IpcAddress address = NewAddress();
        string c = CProgram.Compile("section");
        Create(address, 8);
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        ChildProcess[] programs =
        [
            .. Enumerable.Range(0, 2).Select(
                _ => ChildProcess.Start(c, ["count", address.Name!, Times.ToString(CultureInfo.InvariantCulture)])),
        ];

        for (int i = 0; i < Times; i++)
        {
            using SharedMemoryLock taken = SharedMemoryObject.Lock(address, ChildProcess.Patience);
            view.Write(0, view.Read<long>(0) + 1);
        }

        foreach (ChildProcess program in programs)
        {
            Assert.Equal(0, (await program.WaitForExitAsync()).ExitCode);
            await program.DisposeAsync();
        }

        Assert.Equal(3 * Times, view.Read<long>(0));
    }

    [Fact]
    public async Task A_lock_is_given_back_by_another_thread_than_took_it()
    {
        IpcAddress address = NewAddress();
        string c = CProgram.Compile("section");
        Create(address, 8);
        SharedMemoryLock? taken = null;
        var taker = new Thread(() => taken = SharedMemoryObject.Lock(address, TimeSpan.Zero));
        taker.Start();
        taker.Join();

        Assert.Equal("busy", (await ChildProcess.RunAsync(c, ["try", address.Name!])).Output.Trim());
        taken!.Dispose();
        Assert.Equal("free", (await ChildProcess.RunAsync(c, ["try", address.Name!])).Output.Trim());
    }

    [Fact]
    public void A_lock_belongs_to_the_name_and_outlives_the_section()
    {
        IpcAddress address = NewAddress();
        Create(address, 8);
        using SharedMemoryLock taken = SharedMemoryObject.Lock(address, TimeSpan.Zero);
        SharedMemoryObject.Remove(address);
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Lock(address, TimeSpan.Zero));

        Create(address, 8);

        Throws.Ipc(IpcErrorReason.SharedMemoryLockHeld, () => SharedMemoryObject.Lock(address, TimeSpan.Zero));
        SharedMemoryObject.Unlock(address);
        SharedMemoryObject.Lock(address, TimeSpan.Zero).Dispose();
    }

    private static async Task<ChildProcess> Hold(IpcAddress address)
    {
        var holder = ChildProcess.Start(CProgram.Compile("section"), ["hold", address.Name!, "5000", "of C"]);
        await holder.WaitForLineAsync("created");
        return holder;
    }
}
