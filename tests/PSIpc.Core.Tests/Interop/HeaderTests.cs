using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using PSIpc.Interop;
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
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/file.h>
        #include <sys/ipc.h>
        #include <sys/resource.h>
        #include <sys/sem.h>
        #include <sys/shm.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/timerfd.h>
        #include <sys/un.h>
        #include <unistd.h>
        #ifndef SHM_DEST
        #include <linux/shm.h>
        #endif
        """;

    private static readonly (string Expression, long Value)[] Structures =
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
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The constants are Linux's.");
        (string Expression, long Value)[] expected =
        [
            .. HeaderClasses.SelectMany(Constants),
            .. Enum.GetValues<Errno>().Where(error => error != Errno.None).Select(error => (error.ToString(), (long)error)),
            .. Structures,
        ];
        string prints = string.Concat(expected.Select(item => $"    printf(\"%lld\\n\", (long long)({item.Expression}));\n"));
        string program = CProgram.CompileText("headers", $"{Headers}\nint main(void)\n{{\n{prints}    return 0;\n}}\n");

        ProcessResult result = await ChildProcess.RunAsync(program, []);

        IEnumerable<string> actual = expected.Zip(result.Output.Split('\n'), (item, value) => $"{item.Expression} = {value}");
        Assert.Equal(expected.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Expression} = {item.Value}")), actual);
        Assert.True(expected.Length > 80, "The list has shrunk.");
    }

    /// <summary>The classes named after a header: SysShmH has the constants of sys/shm.h.</summary>
    private static IEnumerable<Type> HeaderClasses => typeof(Errno).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(Errno).Namespace && type.Name.EndsWith('H') && type is { IsAbstract: true, IsSealed: true });

    private static IEnumerable<(string Name, long Value)> Constants(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(field => field.Name.All(letter => char.IsUpper(letter) || char.IsDigit(letter) || letter == '_'))
            .Select(field => (field.Name, Convert.ToInt64(field.GetValue(null), CultureInfo.InvariantCulture)));

    private static long Offset<T>(string field) => (long)Marshal.OffsetOf<T>(field);
}
