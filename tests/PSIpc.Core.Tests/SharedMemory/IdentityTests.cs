using System.Diagnostics;
using System.Text;
using PSIpc.Objects;
using PSIpc.Procfs;
using PSIpc.SharedMemory;
using PSIpc.SharedMemory.SystemV;
using PSIpc.Signals;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>
/// What a snapshot, a view, or a lock stands for: one object, segment, or process, and no later one with its name or number.
/// </summary>
[Collection(nameof(NotInParallel))]
public sealed class IdentityTests : IDisposable
{
    private readonly SharedMemoryScope _scope = new();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_replaced_object_is_refused_by_every_operation(bool mapped)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || mapped, "On macOS every object is mapped.");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A section has no more than its name.");
        using MappedObjects? seam = mapped ? new() : null;
        IpcAddress name = _scope.NewName();
        SharedMemoryInfo shown = SharedMemoryObject.Create(name, new() { Size = 8 });
        using SharedMemoryView view = SharedMemoryObject.Open(name);
        IpcAddress[] addresses =
        [
            shown.ToExactAddress(),
            name.WithFile(shown.Device!, shown.Inode!.Value),
            view.ToExactAddress(),
        ];
        SharedMemoryObject.Remove(name);
        SharedMemoryObject.Create(name, new() { Size = 8, Content = "new"u8.ToArray() });

        Assert.All(addresses, address =>
        {
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Get(address), "another object");
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Open(address));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Open(address, SharedMemoryAccess.Read));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Lock(address, TimeSpan.Zero));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Remove(address));
            Throws.Ipc(
                IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Wait(address, SharedMemoryCondition.Exists, TimeSpan.Zero));
            Throws.Ipc(
                IpcErrorReason.SharedMemoryReplaced,
                () => SharedMemoryObject.Wait(address, SharedMemoryCondition.Changed(), TimeSpan.Zero));
            Assert.Null(SharedMemoryObject.Wait(address, SharedMemoryCondition.Removed, TimeSpan.Zero));
        });
        Assert.Null(SharedMemoryObject.Wait(view, SharedMemoryCondition.Removed, TimeSpan.Zero));
        Assert.True(view.IsRemoved);
        using SharedMemoryLock held = SharedMemoryObject.Lock(name, TimeSpan.Zero);
        Assert.All(addresses, address => Throws.Ipc(IpcErrorReason.SharedMemoryLockNotHeld, () => SharedMemoryObject.Unlock(address)));
        Assert.Equal(8, SharedMemoryObject.Get(SharedMemoryObject.Get(name).ToExactAddress()).Size);
    }

    [Fact]
    public void A_segment_that_got_the_ID_is_refused_by_every_operation()
    {
        IpcAddress key = _scope.New(IpcKind.SystemV);
        SharedMemoryInfo now = SharedMemoryObject.Create(key, new() { Size = 8 });
        IpcAddress[] others =
        [
            IpcAddress.FromId(now.Id!.Value).WithSegment(now.CreatorProcessId!.Value, 16),
            IpcAddress.FromId(now.Id!.Value).WithSegment(now.CreatorProcessId!.Value + 1, 8),
        ];

        Assert.All(others, other =>
        {
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Get(other), "another segment");
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Open(other));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Lock(other, TimeSpan.Zero));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemoryObject.Remove(other));
            Assert.Null(SharedMemoryObject.Wait(other, SharedMemoryCondition.Removed, TimeSpan.Zero));
        });
        Assert.Equal(8, SharedMemoryObject.Get(now.ToExactAddress()).Size);
        SharedMemoryObject.Remove(now.ToExactAddress());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-5, null)]
    [InlineData(-86400, null)]
    [InlineData(5, true)]
    [InlineData(86400, true)]
    public void A_creator_that_runs_is_never_dead_whatever_the_clock_did(int changedSecondsLater, bool? alive)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The table is Linux's.");
        using var process = Process.GetCurrentProcess();
        long started = ProcessLiveness.StartTime(ProcessLiveness.Look(process.Id).StartTicks!.Value).ToUnixTimeSeconds();

        SharedMemoryInfo info = Row($"1 2 600 1 {process.Id} 0 0 0 0 0 0 0 0 {started + changedSecondsLater} 0 0");

        Assert.Equal((alive, ProcessLiveness.Look(process.Id).StartTicks), (info.CreatorAlive, info.CreatorStartTicks));
        Assert.False(new SharedMemoryHolders(files: null).IsOrphan(info));
    }

    [Fact]
    public void A_creator_that_has_the_segment_attached_is_alive_whatever_the_times_say()
    {
        IpcAddress key = _scope.New(IpcKind.SystemV);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "macOS does not show attachments.");
        int id = SharedMemoryObject.Create(key, new() { Size = 8 }).Id!.Value;
        using SharedMemoryView view = SharedMemoryObject.Open(key);

        Assert.True(Row($"1 {id} 600 8 {Environment.ProcessId} 0 1 0 0 0 0 0 0 1 0 0").CreatorAlive);
    }

    [Fact]
    public async Task A_process_that_no_one_waited_for_has_ended_and_one_that_lost_its_first_thread_has_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program reads /proc.");
        string program = CProgram.Compile("identity");
        await using var zombie = ChildProcess.Start(program, ["zombie"]);
        int child = int.Parse(await zombie.WaitForLineAsync(), System.Globalization.CultureInfo.InvariantCulture);
        await using var headless = ChildProcess.Start(program, ["headless"]);
        await headless.WaitForLineAsync();

        Assert.False(ProcessLiveness.Look(child).Exists);
        Assert.True(ProcessLiveness.Look(headless.Id).Exists);
        Assert.True(ProcessLiveness.HoldsFiles(headless.Id));

        zombie.Input.Close();
        headless.Input.Close();
        await zombie.WaitForExitAsync();
        await headless.WaitForExitAsync();
    }

    [Theory]
    [InlineData(0, true, 10, 10, null)]
    [InlineData(0, true, null, 10, null)]
    [InlineData(1, true, 10, 10, IpcErrorReason.ProcessNotFound)]
    [InlineData(0, false, 10, 10, IpcErrorReason.ProcessNotFound)]
    [InlineData(0, null, 10, 10, IpcErrorReason.ProcessCreatorUncertain)]
    [InlineData(null, true, 10, 10, IpcErrorReason.ProcessCreatorUncertain)]
    [InlineData(0, true, 10, 11, IpcErrorReason.ProcessCreatorUncertain)]
    public void A_creator_is_opened_only_when_it_is_certain(
        int? ticksLater, bool? alive, int? attached, int changed, IpcErrorReason? refused)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals between processes.");
        long ticks = ProcessLiveness.Look(Environment.ProcessId).StartTicks!.Value;
        var info = new SharedMemoryInfo
        {
            Id = int.MaxValue,
            CreatorProcessId = Environment.ProcessId,
            CreatorStartTicks = ticks + ticksLater,
            CreatorAlive = alive,
            AttachTime = attached is { } seconds ? DateTime.UnixEpoch.AddSeconds(seconds) : null,
            ChangeTime = DateTime.UnixEpoch.AddSeconds(changed),
        };

        if (refused is { } reason)
        {
            Throws.Ipc(reason, () => SharedMemoryObject.OpenCreator(info));
        }
        else
        {
            using SignalTarget target = SharedMemoryObject.OpenCreator(info);
            Assert.Equal(Environment.ProcessId, target.ProcessId);
        }
    }

    [Fact]
    public async Task A_process_that_was_opened_is_the_one_that_is_signaled()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals between processes.");
        await using var sleeper = ChildProcess.Start("sleep", ["600"]);
        using SignalTarget target = SignalTarget.Open(sleeper.Id, sleeper.StartTime);
        Throws.Ipc(
            IpcErrorReason.ProcessNotFound, () => SignalTarget.Open(sleeper.Id, sleeper.StartTime.AddSeconds(-10)), "another process");

        target.Send(ProcessSignal.Terminate);

        await sleeper.WaitForExitAsync();
        Throws.Ipc(IpcErrorReason.ProcessNotFound, () => target.Send(ProcessSignal.Terminate));
    }

    private static SharedMemoryInfo Row(string row) =>
        SegmentSnapshots.From(LinuxSegmentTable.Parse(Encoding.ASCII.GetBytes($"h\n {row}\n"))).Single();
}
