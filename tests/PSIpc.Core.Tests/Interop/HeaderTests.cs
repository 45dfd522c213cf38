using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using PSIpc.Interop;
using PSIpc.Signals;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Every native constant, error number and structure layout against what the machine's own C headers say.</summary>
public sealed class HeaderTests
{
    private const string Headers = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        #include <poll.h>
        #include <signal.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <sys/file.h>
        #include <sys/ipc.h>
        #include <sys/mman.h>
        #include <sys/resource.h>
        #include <sys/sem.h>
        #include <sys/shm.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/un.h>
        #include <unistd.h>
        #ifdef __APPLE__
        #include <sys/proc.h>
        #include <sys/sysctl.h>
        #else
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/timerfd.h>
        #ifndef SHM_DEST
        #include <linux/shm.h>
        #endif
        #endif
        """;

    // What the code uses on Linux alone, or, as MSG_NOSIGNAL, with Linux's value.
    private static readonly string[] LinuxHeaders = [nameof(SysEpollH), nameof(SysEventfdH), nameof(SysTimerfdH)];

    private static readonly string[] LinuxConstants =
    [
        nameof(FcntlH.AT_FDCWD), nameof(FcntlH.AT_SYMLINK_NOFOLLOW), nameof(FcntlH.AT_SYMLINK_FOLLOW), nameof(FcntlH.AT_EMPTY_PATH),
        nameof(FcntlH.AT_STATX_DONT_SYNC), nameof(FcntlH.O_TMPFILE), nameof(NetinetTcpH.TCP_USER_TIMEOUT), nameof(
            NetinetTcpH.TCP_NOTSENT_LOWAT),
        nameof(SysShmH.SHM_DEST), nameof(SysShmH.SHM_LOCKED), nameof(SysShmH.SHM_HUGETLB), nameof(SysShmH.SHM_NORESERVE),
        nameof(SysSocketH.SOCK_NONBLOCK), nameof(SysSocketH.SOCK_CLOEXEC), nameof(SysSocketH.SOL_SOCKET), nameof(SysSocketH.SO_ERROR),
        nameof(SysSocketH.SO_LINGER), nameof(SysSocketH.SO_PEERCRED), nameof(SysSocketH.MSG_DONTWAIT), nameof(SysSocketH.MSG_NOSIGNAL),
        nameof(SysStatH.STATX_BASIC_STATS),
    ];

    // The first of these is Apple's own and not installed: that ipcs and this library see the same shows that it is right.
    private static readonly string[] MacOSHeaders = [nameof(SysIpcsH), nameof(SysSysctlH)];

    private static readonly (string Expression, long Value)[] MacOSStructures =
    [
        ("sizeof(struct shmid_ds)", Marshal.SizeOf<DarwinShmidDs>()),
        ("offsetof(struct shmid_ds, shm_perm)", Offset<DarwinShmidDs>(nameof(DarwinShmidDs.Perm))),
        ("offsetof(struct shmid_ds, shm_segsz)", Offset<DarwinShmidDs>(nameof(DarwinShmidDs.SegmentSize))),
        ("offsetof(struct shmid_ds, shm_lpid)", Offset<DarwinShmidDs>(nameof(DarwinShmidDs.LastPid))),
        ("offsetof(struct shmid_ds, shm_cpid)", Offset<DarwinShmidDs>(nameof(DarwinShmidDs.CreatorPid))),
        ("offsetof(struct shmid_ds, shm_nattch)", Offset<DarwinShmidDs>(nameof(DarwinShmidDs.AttachCount))),
        ("offsetof(struct shmid_ds, shm_atime)", Offset<DarwinShmidDs>(nameof(DarwinShmidDs.AttachTime))),
        ("offsetof(struct shmid_ds, shm_dtime)", Offset<DarwinShmidDs>(nameof(DarwinShmidDs.DetachTime))),
        ("offsetof(struct shmid_ds, shm_ctime)", Offset<DarwinShmidDs>(nameof(DarwinShmidDs.ChangeTime))),
        ("sizeof(struct ipc_perm)", Marshal.SizeOf<DarwinIpcPerm>()),
        ("offsetof(struct ipc_perm, uid)", Offset<DarwinIpcPerm>(nameof(DarwinIpcPerm.Uid))),
        ("offsetof(struct ipc_perm, gid)", Offset<DarwinIpcPerm>(nameof(DarwinIpcPerm.Gid))),
        ("offsetof(struct ipc_perm, cuid)", Offset<DarwinIpcPerm>(nameof(DarwinIpcPerm.CreatorUid))),
        ("offsetof(struct ipc_perm, cgid)", Offset<DarwinIpcPerm>(nameof(DarwinIpcPerm.CreatorGid))),
        ("offsetof(struct ipc_perm, mode)", Offset<DarwinIpcPerm>(nameof(DarwinIpcPerm.Mode))),
        ("offsetof(struct ipc_perm, _seq)", Offset<DarwinIpcPerm>(nameof(DarwinIpcPerm.Sequence))),
        ("offsetof(struct ipc_perm, _key)", Offset<DarwinIpcPerm>(nameof(DarwinIpcPerm.Key))),
        ("sizeof(struct semid_ds)", Marshal.SizeOf<DarwinSemidDs>()),
        ("offsetof(struct semid_ds, sem_perm)", Offset<DarwinSemidDs>(nameof(DarwinSemidDs.Perm))),
        ("sizeof(struct sembuf)", Marshal.SizeOf<SemBuf>()),
        ("offsetof(struct sembuf, sem_op)", Offset<SemBuf>(nameof(SemBuf.Operation))),
        ("offsetof(struct sembuf, sem_flg)", Offset<SemBuf>(nameof(SemBuf.Flags))),
        ("sizeof(struct timespec)", Marshal.SizeOf<TimeSpec>()),
        ("offsetof(struct timespec, tv_nsec)", Offset<TimeSpec>(nameof(TimeSpec.Nanoseconds))),
        ("sizeof(struct stat)", Marshal.SizeOf<DarwinStat>()),
        ("offsetof(struct stat, st_dev)", Offset<DarwinStat>(nameof(DarwinStat.Device))),
        ("offsetof(struct stat, st_mode)", Offset<DarwinStat>(nameof(DarwinStat.Mode))),
        ("offsetof(struct stat, st_nlink)", Offset<DarwinStat>(nameof(DarwinStat.LinkCount))),
        ("offsetof(struct stat, st_ino)", Offset<DarwinStat>(nameof(DarwinStat.Inode))),
        ("offsetof(struct stat, st_uid)", Offset<DarwinStat>(nameof(DarwinStat.Uid))),
        ("offsetof(struct stat, st_gid)", Offset<DarwinStat>(nameof(DarwinStat.Gid))),
        ("offsetof(struct stat, st_mtimespec)", Offset<DarwinStat>(nameof(DarwinStat.Modified))),
        ("offsetof(struct stat, st_ctimespec)", Offset<DarwinStat>(nameof(DarwinStat.Changed))),
        ("offsetof(struct stat, st_birthtimespec)", Offset<DarwinStat>(nameof(DarwinStat.Born))),
        ("offsetof(struct stat, st_size)", Offset<DarwinStat>(nameof(DarwinStat.Size))),
        ("offsetof(struct stat, st_blocks)", Offset<DarwinStat>(nameof(DarwinStat.Blocks))),
        ("sizeof(struct kinfo_proc)", Marshal.SizeOf<KinfoProc>()),
        ("offsetof(struct kinfo_proc, kp_proc.p_starttime.tv_sec)", Offset<KinfoProc>(nameof(KinfoProc.StartSeconds))),
        ("offsetof(struct kinfo_proc, kp_proc.p_starttime.tv_usec)", Offset<KinfoProc>(nameof(KinfoProc.StartMicroseconds))),
        ("offsetof(struct kinfo_proc, kp_proc.p_stat)", Offset<KinfoProc>(nameof(KinfoProc.State))),
        ("offsetof(struct kinfo_proc, kp_proc.p_pid)", Offset<KinfoProc>(nameof(KinfoProc.Pid))),
    ];

    private static readonly (string Expression, long Value)[] LinuxStructures =
    [
        ("sizeof(struct shmid_ds)", Marshal.SizeOf<ShmidDs>()),
        ("sizeof(struct ipc_perm)", Marshal.SizeOf<IpcPerm>()),
        ("offsetof(struct shmid_ds, shm_segsz)", Offset<ShmidDs>(nameof(ShmidDs.SegmentSize))),
        ("offsetof(struct shmid_ds, shm_atime)", Offset<ShmidDs>(nameof(ShmidDs.AttachTime))),
        ("offsetof(struct shmid_ds, shm_dtime)", Offset<ShmidDs>(nameof(ShmidDs.DetachTime))),
        ("offsetof(struct shmid_ds, shm_ctime)", Offset<ShmidDs>(nameof(ShmidDs.ChangeTime))),
        ("offsetof(struct shmid_ds, shm_cpid)", Offset<ShmidDs>(nameof(ShmidDs.CreatorPid))),
        ("offsetof(struct shmid_ds, shm_lpid)", Offset<ShmidDs>(nameof(ShmidDs.LastPid))),
        ("offsetof(struct shmid_ds, shm_nattch)", Offset<ShmidDs>(nameof(ShmidDs.AttachCount))),
        ("offsetof(struct ipc_perm, __key)", Offset<IpcPerm>(nameof(IpcPerm.Key))),
        ("offsetof(struct ipc_perm, uid)", Offset<IpcPerm>(nameof(IpcPerm.Uid))),
        ("offsetof(struct ipc_perm, gid)", Offset<IpcPerm>(nameof(IpcPerm.Gid))),
        ("offsetof(struct ipc_perm, cuid)", Offset<IpcPerm>(nameof(IpcPerm.CreatorUid))),
        ("offsetof(struct ipc_perm, cgid)", Offset<IpcPerm>(nameof(IpcPerm.CreatorGid))),
        ("offsetof(struct ipc_perm, mode)", Offset<IpcPerm>(nameof(IpcPerm.Mode))),
        ("offsetof(struct ipc_perm, __seq)", Offset<IpcPerm>(nameof(IpcPerm.Sequence))),
        ("offsetof(struct semid_ds, sem_perm)", Offset<SemidDs>(nameof(SemidDs.Perm))),
        ($"sizeof(struct semid_ds) <= {Marshal.SizeOf<SemidDs>()}", 1),
        ("sizeof(struct sembuf)", Marshal.SizeOf<SemBuf>()),
        ("offsetof(struct sembuf, sem_op)", Offset<SemBuf>(nameof(SemBuf.Operation))),
        ("offsetof(struct sembuf, sem_flg)", Offset<SemBuf>(nameof(SemBuf.Flags))),
        ("sizeof(struct timespec)", Marshal.SizeOf<TimeSpec>()),
        ("offsetof(struct timespec, tv_nsec)", Offset<TimeSpec>(nameof(TimeSpec.Nanoseconds))),
        ("sizeof(struct epoll_event)", EpollEvents.Size),
        ("sizeof(struct statx)", Marshal.SizeOf<Statx>()),
        ("offsetof(struct statx, stx_mask)", Offset<Statx>(nameof(Statx.Mask))),
        ("offsetof(struct statx, stx_nlink)", Offset<Statx>(nameof(Statx.LinkCount))),
        ("offsetof(struct statx, stx_uid)", Offset<Statx>(nameof(Statx.Uid))),
        ("offsetof(struct statx, stx_gid)", Offset<Statx>(nameof(Statx.Gid))),
        ("offsetof(struct statx, stx_mode)", Offset<Statx>(nameof(Statx.Mode))),
        ("offsetof(struct statx, stx_ino)", Offset<Statx>(nameof(Statx.Inode))),
        ("offsetof(struct statx, stx_size)", Offset<Statx>(nameof(Statx.Size))),
        ("offsetof(struct statx, stx_blocks)", Offset<Statx>(nameof(Statx.Blocks))),
        ("offsetof(struct statx, stx_btime.tv_sec)", Offset<Statx>(nameof(Statx.BirthSeconds))),
        ("offsetof(struct statx, stx_btime.tv_nsec)", Offset<Statx>(nameof(Statx.BirthNanoseconds))),
        ("offsetof(struct statx, stx_ctime.tv_sec)", Offset<Statx>(nameof(Statx.ChangeSeconds))),
        ("offsetof(struct statx, stx_ctime.tv_nsec)", Offset<Statx>(nameof(Statx.ChangeNanoseconds))),
        ("offsetof(struct statx, stx_mtime.tv_sec)", Offset<Statx>(nameof(Statx.ModifySeconds))),
        ("offsetof(struct statx, stx_mtime.tv_nsec)", Offset<Statx>(nameof(Statx.ModifyNanoseconds))),
        ("offsetof(struct statx, stx_dev_major)", Offset<Statx>(nameof(Statx.DeviceMajor))),
        ("offsetof(struct statx, stx_dev_minor)", Offset<Statx>(nameof(Statx.DeviceMinor))),
    ];

    [Fact]
    public async Task Constants_and_layouts_are_the_C_headers_own()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The constants are Linux's and macOS'.");
        bool mac = OperatingSystem.IsMacOS();
        (string Expression, long Value)[] expected =
        [
            .. HeaderClasses.Where(type => !(mac ? [.. LinuxHeaders, nameof(SysIpcsH), nameof(SignalH)] : MacOSHeaders).Contains(type.Name))
                .SelectMany(Constants).Where(constant => !mac || !LinuxConstants.Contains(constant.Name)),
            .. Enum.GetValues<ProcessSignal>().Select(signal => (SignalNames.PosixName(signal), (long)SignalNames.Number(signal))),
            .. mac ? MacOSStructures : LinuxStructures,
        ];
        string prints = string.Concat(expected.Select(item => $"    printf(\"%lld\\n\", (long long)({item.Expression}));\n"));
        string program = CProgram.CompileText("headers", $"{Headers}\nint main(void)\n{{\n{prints}    return 0;\n}}\n");

        ProcessResult result = await ChildProcess.RunAsync(program, []);

        IEnumerable<string> actual = expected.Zip(result.Output.Split('\n'), (item, value) => $"{item.Expression} = {value}");
        Assert.Equal(expected.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Expression} = {item.Value}")), actual);
        Assert.True(expected.Length > 80, "The list has shrunk.");
    }

    [Fact]
    public async Task Error_numbers_have_their_names()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The names are Unix's.");
        Errno[] errors = [.. Enum.GetValues<Errno>().Where(error => error != Errno.None)];
        string prints = string.Concat(errors.Select(error => $"    printf(\"%d\\n\", {error});\n"));
        string program = CProgram.CompileText(
            "errors", $"#include <errno.h>\n#include <stdio.h>\nint main(void)\n{{\n{prints}    return 0;\n}}\n");

        ProcessResult result = await ChildProcess.RunAsync(program, []);

        string[] numbers = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(errors, numbers.Select(number => new NativeError(int.Parse(number, CultureInfo.InvariantCulture)).Code));
    }

    /// <summary>The classes named after a header: SysShmH has the constants of sys/shm.h.</summary>
    private static IEnumerable<Type> HeaderClasses => typeof(Errno).Assembly.GetTypes()
        .Where(
            type => type.Namespace == typeof(Errno).Namespace && type.Name.EndsWith('H') && type is { IsAbstract: true, IsSealed: true });

    private static IEnumerable<(string Name, long Value)> Constants(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(field => field.Name.All(letter => char.IsUpper(letter) || char.IsDigit(letter) || letter == '_'))
            .Select(field => (field.Name, Convert.ToInt64(field.GetValue(null), CultureInfo.InvariantCulture)));

    private static long Offset<T>(string field) => (long)Marshal.OffsetOf<T>(field);
}
