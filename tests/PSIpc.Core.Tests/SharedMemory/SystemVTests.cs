using System.Globalization;
using System.Text;
using PSIpc.Objects;
using PSIpc.Procfs;
using PSIpc.SharedMemory;
using PSIpc.SharedMemory.SystemV;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>The contract on System V segments, and what only they have.</summary>
[Collection(nameof(NotInParallel))]
public sealed class SystemVTests : MappedMemoryContract
{
    protected override IpcAddress NewAddress()
    {
        Assert.SkipUnless(SystemVBackend.IsSupported, "This system has no System V shared memory that PSIpc knows.");
        return Scope.NewKey();
    }

    [Fact]
    public void A_private_segment_has_an_id_and_no_key()
    {
        NewAddress();
        SharedMemoryInfo first = SharedMemoryObject.Create(IpcAddress.Private, new() { Size = 10 });
        SharedMemoryInfo second = SharedMemoryObject.Create(IpcAddress.Private, new() { Size = 10 });
        Scope.Remember(first.ToExactAddress());
        Scope.Remember(second.ToExactAddress());

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal((0, 0), (first.Key, second.Key));
    }

    [Fact]
    public void The_snapshot_is_the_kernels_own_row()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The table is a file on Linux alone.");
        IpcAddress address = NewAddress();
        SharedMemoryInfo created = Create(address, 5000);
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        SharedMemoryInfo info = SharedMemoryObject.Get(address);

        string[] row = File.ReadLines("/proc/sysvipc/shm")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(fields => fields[1] == created.Id?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(row[0], info.Key?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal($"0{row[2]}", info.Mode);
        Assert.Equal(row[3], info.Size.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(row[4], info.CreatorProcessId?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(row[5], info.LastProcessId?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(row[6], info.AttachCount?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal((Environment.ProcessId, true, 1L), (info.CreatorProcessId, info.CreatorAlive, info.AttachCount));
        Assert.Equal(UserNames.Current, info.Owner);
        Assert.Equal(row[11], new DateTimeOffset(info.AttachTime!.Value).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        Assert.Null(info.DetachTime);
        Assert.Equal(row[13], new DateTimeOffset(info.ChangeTime!.Value).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        Assert.Equal(row[14], info.ResidentBytes?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(row[15], info.SwappedBytes?.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Ipcs_shows_the_same_segment()
    {
        IpcAddress address = NewAddress();
        SharedMemoryInfo created = Create(address, 5000);
        string ipcs = Tool.Require("ipcs", "util-linux");

        ProcessResult shown = await ChildProcess.RunAsync(ipcs, ["-m"]);

        Assert.Contains(
            shown.Output.Split('\n'),
            line =>
                line.Contains($"0x{address.Key:x8}", StringComparison.Ordinal) && line.Contains(
                    $" {created.Id} ", StringComparison.Ordinal));
        Assert.Equal((Environment.ProcessId, true, 0L), (created.CreatorProcessId, created.CreatorAlive, created.AttachCount));
        Assert.InRange(DateTime.Now - created.ChangeTime!.Value, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_segment_that_is_smaller_or_closed_to_its_owner_exists_all_the_same()
    {
        IpcAddress address = NewAddress();
        SharedMemoryObject.Create(address, new() { Size = 10, Mode = UnixFileMode.UserRead });

        Throws.Ipc(IpcErrorReason.SharedMemoryExists, () => Create(address, 20));
        Throws.Ipc(IpcErrorReason.SharedMemoryExists, () => Create(address, 10));
    }

    [Fact]
    public void A_segment_marked_for_removal_takes_no_new_views_and_says_why()
    {
        IpcAddress address = NewAddress();
        var id = IpcAddress.FromId(Create(address, 10).Id!.Value);
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        SharedMemoryObject.Remove(address);

        Assert.Equal(nameof(SharedMemoryStatus.Dest), SharedMemoryObject.Get(id).Status);
        Throws.Ipc(IpcErrorReason.SharedMemoryMarkedForRemoval, () => SharedMemoryObject.Open(id), "1 attachment");
        Throws.Ipc(IpcErrorReason.SharedMemoryMarkedForRemoval, () => SharedMemoryObject.Remove(id));
    }

    [Fact]
    public void An_id_that_never_existed_is_not_found()
    {
        NewAddress();
        var address = IpcAddress.FromId(int.MaxValue);

        AssertGone(address);
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Open(address), "id 2147483647");
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Remove(address));
    }

    [Fact]
    public void More_than_the_kernel_can_promise_is_refused_with_the_figure()
    {
        IpcAddress address = NewAddress();

        IpcException exception = Assert.Throws<IpcException>(() => Create(address, long.MaxValue));

        Assert.True(exception.Reason is IpcErrorReason.SharedMemoryTooLarge or IpcErrorReason.SharedMemoryNoSpace);
        Assert.Contains("9223372036854775807", exception.Message, StringComparison.Ordinal);
        AssertGone(address);
    }

    [Fact]
    public void The_table_reader_takes_every_column_and_status_bit()
    {
        const string Table = """
                   key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap
                  1234          7  1666                  1024     1     0      2     0     0     0     0 1700000000          0 1700000001                  4096                     0
            -559038737          8 16644 18446744073692774399     1     0      0     0     0     0     0          0          0 1700000001                     0                  8192

            """;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bits are Linux's.");

        Assert.Throws<FormatException>(() => LinuxSegmentTable.Parse("header\nno numbers\n"u8));
        List<SharedMemoryInfo> rows = Snapshots(
            Table.Replace("18446744073692774399", "9223372036854775807", StringComparison.Ordinal));

        Assert.Equal([1234, -559038737], rows.Select(row => row.Key!.Value));
        Assert.Equal(("Dest", "0666"), (rows[0].Status, rows[0].Mode));
        Assert.Equal(
            ("Locked, HugeTlb, NoReserve", "0644"),
            (rows[1].Status, rows[1].Mode));
        Assert.Equal((4096L, 8192L), (rows[0].ResidentBytes, rows[1].SwappedBytes));
        Assert.Null(rows[1].LastProcessId);
    }

    [Fact]
    public void A_creator_whose_ID_a_later_process_has_makes_no_orphan()
    {
        // Process 1 runs, and no process had started in 1970.
        const string Row = "h\n 1 2 600 1 1 0 0 0 0 0 0 0 0 1 0 0\n";

        SharedMemoryInfo info = Snapshots(Row).Single();
        Assert.Null(info.CreatorAlive);
        Assert.False(new SharedMemoryHolders(files: null).IsOrphan(info));
    }

    [Fact]
    public void A_creator_of_another_PID_namespace_is_neither_alive_nor_gone()
    {
        const string Row = "h\n 1 2 600 1 0 0 0 0 0 0 0 0 0 1 0 0\n";

        Assert.Null(Snapshots(Row).Single().CreatorAlive);
    }

    [Fact]
    public void Limits_are_the_kernels()
    {
        NewAddress();
        SharedMemoryLimit limit = SharedMemoryObject.GetLimit();

        Assert.Equal(KernelsOwn("shmmax"), limit.MaxSegmentBytes?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(KernelsOwn("shmall"), limit.MaxTotalPages?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(KernelsOwn("shmmni"), limit.MaxSegments?.ToString(CultureInfo.InvariantCulture));

        static string KernelsOwn(string name) => OperatingSystem.IsMacOS()
            ? ChildProcess.RunAsync("/usr/sbin/sysctl", ["-n", $"kern.sysv.{name}"]).GetAwaiter().GetResult().Output.Trim()
            : File.ReadAllText($"/proc/sys/kernel/{name}").Trim();
    }

    private static List<SharedMemoryInfo> Snapshots(string table) =>
        SegmentSnapshots.From(LinuxSegmentTable.Parse(Encoding.ASCII.GetBytes(table)));
}
