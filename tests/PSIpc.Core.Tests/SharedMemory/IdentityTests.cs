using System.Diagnostics;
using System.Text;
using PSIpc.Interop;
using PSIpc.SystemV;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>What a snapshot, a view, or a lock stands for: one object, segment, or process, and no later one with its name or number.</summary>
[Collection(nameof(Alone))]
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
        SharedMemoryAddress name = _scope.NewName() with { PrefersMapping = mapped };
        SharedMemoryInfo shown = SharedMemory.Create(name, new() { Size = 8 });
        using SharedMemoryView view = SharedMemory.Open(name);
        SharedMemoryAddress[] addresses =
        [
            shown.ToExactAddress() with { PrefersMapping = mapped },
            name.WithFile(shown.Device!, shown.Inode!.Value),
            view.ExactAddress,
        ];
        SharedMemory.Remove(name);
        SharedMemory.Create(name, new() { Size = 8, Content = "new"u8.ToArray() });

        Assert.All(addresses, address =>
        {
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Get(address), "another object");
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Open(address));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Open(address, SharedMemoryAccess.Read));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Lock(address, TimeSpan.Zero));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Remove(address));
            Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemory.Wait(address, SharedMemoryCondition.Exists, TimeSpan.Zero));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Wait(address, SharedMemoryCondition.Changed(), TimeSpan.Zero));
            Assert.Null(SharedMemory.Wait(address, SharedMemoryCondition.Removed, TimeSpan.Zero));
        });
        Assert.Null(SharedMemory.Wait(view, SharedMemoryCondition.Removed, TimeSpan.Zero));
        Assert.True(view.IsRemoved);
        using SharedMemoryLock held = SharedMemory.Lock(name, TimeSpan.Zero);
        Assert.All(addresses, address => Throws.Ipc(IpcErrorReason.SharedMemoryLockNotHeld, () => SharedMemory.Unlock(address)));
        Assert.Equal(8, SharedMemory.Get(SharedMemory.Get(name).ToExactAddress()).Size);
    }

    [Fact]
    public void A_segment_that_got_the_ID_is_refused_by_every_operation()
    {
        SharedMemoryAddress key = _scope.New(SharedMemoryKind.SystemV);
        SharedMemoryInfo now = SharedMemory.Create(key, new() { Size = 8 });
        SharedMemoryAddress[] others =
        [
            SharedMemoryAddress.FromId(now.Id!.Value).WithSegment(now.CreatorProcessId!.Value, 16),
            SharedMemoryAddress.FromId(now.Id!.Value).WithSegment(now.CreatorProcessId!.Value + 1, 8),
        ];

        Assert.All(others, other =>
        {
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Get(other), "another segment");
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Open(other));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Lock(other, TimeSpan.Zero));
            Throws.Ipc(IpcErrorReason.SharedMemoryReplaced, () => SharedMemory.Remove(other));
            Assert.Null(SharedMemory.Wait(other, SharedMemoryCondition.Removed, TimeSpan.Zero));
        });
        Assert.Equal(8, SharedMemory.Get(now.ToExactAddress()).Size);
        SharedMemory.Remove(now.ToExactAddress());
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
        long started = ProcessLife.StartTime(ProcessLife.Look(process.Id).StartTicks!.Value).ToUnixTimeSeconds();

        SharedMemoryInfo info = Row($"1 2 600 1 {process.Id} 0 0 0 0 0 0 0 0 {started + changedSecondsLater} 0 0");

        Assert.Equal((alive, ProcessLife.Look(process.Id).StartTicks), (info.CreatorAlive, info.CreatorStartTicks));
        Assert.False(new SharedMemoryUsers(files: null).IsOrphan(info));
    }

    [Fact]
    public void A_creator_that_has_the_segment_attached_is_alive_whatever_the_times_say()
    {
        SharedMemoryAddress key = _scope.New(SharedMemoryKind.SystemV);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "macOS does not show attachments.");
        int id = SharedMemory.Create(key, new() { Size = 8 }).Id!.Value;
        using SharedMemoryView view = SharedMemory.Open(key);

        Assert.True(Row($"1 {id} 600 8 {Environment.ProcessId} 0 1 0 0 0 0 0 0 1 0 0").CreatorAlive);
    }

    [Fact]
    public void A_process_that_no_one_waited_for_has_ended_and_one_that_lost_its_first_thread_has_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program reads /proc.");
        string program = CProgram.Compile("identity");
        using Process zombie = Process.Start(new ProcessStartInfo(program, ["zombie"]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        int child = int.Parse(zombie.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        using Process headless = Process.Start(new ProcessStartInfo(program, ["headless"]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        headless.StandardOutput.ReadLine();

        Assert.False(ProcessLife.Look(child).Exists);
        Assert.True(ProcessLife.Look(headless.Id).Exists);
        Assert.True(ProcessLife.HoldsFiles(headless.Id));

        zombie.StandardInput.Close();
        headless.StandardInput.Close();
        Assert.True(zombie.WaitForExit(ChildProcess.Patience));
        Assert.True(headless.WaitForExit(ChildProcess.Patience));
    }

    [Theory]
    [InlineData(0, true, 10, 10, null)]
    [InlineData(0, true, null, 10, null)]
    [InlineData(1, true, 10, 10, IpcErrorReason.ProcessNotFound)]
    [InlineData(0, false, 10, 10, IpcErrorReason.ProcessNotFound)]
    [InlineData(0, null, 10, 10, IpcErrorReason.ProcessCreatorUncertain)]
    [InlineData(null, true, 10, 10, IpcErrorReason.ProcessCreatorUncertain)]
    [InlineData(0, true, 10, 11, IpcErrorReason.ProcessCreatorUncertain)]
    public void A_creator_is_opened_only_when_it_is_certain(int? ticksLater, bool? alive, int? attached, int changed, IpcErrorReason? refused)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals between processes.");
        long ticks = ProcessLife.Look(Environment.ProcessId).StartTicks!.Value;
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
            Throws.Ipc(reason, () => SignalTarget.OpenCreator(info));
        }
        else
        {
            using SignalTarget target = SignalTarget.OpenCreator(info);
            Assert.Equal(Environment.ProcessId, target.ProcessId);
        }
    }

    [Fact]
    public void A_process_that_was_opened_is_the_one_that_is_signaled()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals between processes.");
        using Process sleeper = Process.Start("sleep", ["600"]);
        using SignalTarget target = SignalTarget.Open(sleeper.Id, sleeper.StartTime);
        Throws.Ipc(IpcErrorReason.ProcessNotFound, () => SignalTarget.Open(sleeper.Id, sleeper.StartTime.AddSeconds(-10)), "another process");

        target.Send(ProcessSignal.Terminate);

        Assert.True(sleeper.WaitForExit(ChildProcess.Patience));
        Throws.Ipc(IpcErrorReason.ProcessNotFound, () => target.Send(ProcessSignal.Terminate));
    }

    private static SharedMemoryInfo Row(string row) => SysVIpcTable.Parse(Encoding.ASCII.GetBytes($"h\n {row}\n"), _ => true).Single();
}
