using System.Globalization;
using System.Runtime.InteropServices;
using PSIpc.Interop;
using PSIpc.Objects;
using PSIpc.Procfs;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>
/// What can be told of macOS on any machine: its structures, written by C from declarations with its packing, and its numbers.
/// </summary>
public sealed class DarwinTests
{
    // The fields in the order and with the widths that sys/ipc.h and sys/shm.h document, packed to 4 bytes as there.
    private const string Segment = """
        #include <stdint.h>
        #include <stdio.h>
        #pragma pack(4)
        struct perm { uint32_t uid, gid, cuid, cgid; uint16_t mode, seq; int32_t key; };
        struct segment {
            struct perm perm; uint64_t size; int32_t last, creator; uint16_t attached; int64_t attach_time, detach_time, change_time; void *internal;
        };
        #pragma pack()
        int main(void)
        {
            struct segment segment = {
                { 501, 20, 502, 21, 06640, 7, -559038737 }, 1ull << 33, 4242, 77, 65535, 1700000001, 1700000002, 1700000003, 0,
            };
            const unsigned char *bytes = (const unsigned char *)&segment;
            for (unsigned i = 0; i < sizeof segment; i++) {
                printf("%02x", bytes[i]);
            }
            return 0;
        }
        """;

    [Fact]
    public async Task A_segment_that_C_laid_out_is_read_to_the_last_field()
    {
        byte[] bytes = Convert.FromHexString((await ChildProcess.RunAsync(CProgram.CompileText("darwin", Segment), [])).Output.Trim());

        DarwinShmidDs segment = MemoryMarshal.Read<DarwinShmidDs>(bytes);
        ShmidDs stat = segment.ToShmidDs();
        SegmentRow row = DarwinSegmentTable.Row(9, segment);

        Assert.Equal((Marshal.SizeOf<DarwinShmidDs>(), 76), (bytes.Length, bytes.Length));
        Assert.Equal((501u, 20u, 502u, 21u), (stat.Perm.Uid, stat.Perm.Gid, stat.Perm.CreatorUid, stat.Perm.CreatorGid));
        Assert.Equal((Convert.ToUInt32("6640", 8), (ushort)7, -559038737), (stat.Perm.Mode, stat.Perm.Sequence, stat.Perm.Key));
        Assert.Equal(((nuint)1 << 33, 4242, 77, (nuint)65535), (stat.SegmentSize, stat.LastPid, stat.CreatorPid, stat.AttachCount));
        Assert.Equal((1700000001, 1700000002, 1700000003), (stat.AttachTime, stat.DetachTime, stat.ChangeTime));
        Assert.Equal((-559038737, (7 << 16) | 9, 1L << 33), (row.Key, row.Id, row.Size));
        Assert.Equal((4242, 77, 65535L, 501u, 20u), (row.LastPid, row.CreatorPid, row.AttachCount, row.Uid, row.Gid));
        Assert.Equal((1700000001, 1700000002, 1700000003), (row.AttachTime, row.DetachTime, row.ChangeTime));
        Assert.Null(row.Resident);
    }

    [Theory]
    [InlineData(IpcKind.SystemV, 0L, false, true)]
    [InlineData(IpcKind.SystemV, 1L, false, false)]
    [InlineData(IpcKind.SystemV, 0L, true, false)]
    [InlineData(IpcKind.SystemV, 0L, null, false)]
    [InlineData(IpcKind.Posix, null, null, null)]
    public void Without_a_look_at_processes_only_a_segment_is_known_to_be_an_orphan(
        IpcKind kind, long? attached, bool? creatorAlive, bool? isOrphan)
    {
        var users = new SharedMemoryHolders(files: null);
        var info = new SharedMemoryInfo { Kind = kind.ToString(), AttachCount = attached, CreatorProcessId = 1, CreatorAlive = creatorAlive };

        Assert.Equal(isOrphan, users.IsOrphan(info));
        Throws.Ipc(IpcErrorReason.PlatformNotSupported, () => users.Include(info), "attachments");
    }

    [Fact]
    public void Every_error_number_of_macOS_that_has_a_name_here_gets_it()
    {
        // sys/errno.h of Darwin.
        const string Numbers = """
            EPERM 1 ENOENT 2 ESRCH 3 EINTR 4 ENXIO 6 EBADF 9 ENOMEM 12 EACCES 13 EFAULT 14 EEXIST 17 ENOTDIR 20 EISDIR 21 EINVAL 22
            ENFILE 23 EMFILE 24 EFBIG 27 ENOSPC 28 EPIPE 32 ERANGE 34 EAGAIN 35 EINPROGRESS 36 ENOTSOCK 38 EPROTOTYPE 41
            EADDRINUSE 48 EADDRNOTAVAIL 49 ENETUNREACH 51 ECONNABORTED 53 ECONNRESET 54 ENOBUFS 55 ENOTCONN 57 ETIMEDOUT 60
            ECONNREFUSED 61 ELOOP 62 ENAMETOOLONG 63 EHOSTUNREACH 65 ENOSYS 78 EIDRM 90 EOPNOTSUPP 102
            """;
        string[] words = Numbers.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var named = words.Chunk(2).ToDictionary(
            pair => int.Parse(pair[1], CultureInfo.InvariantCulture), pair => Enum.Parse<Errno>(pair[0]));

        Assert.Equal(Enum.GetValues<Errno>().Where(error => error != Errno.None), named.Values.Order());
        Assert.All(Enumerable.Range(1, 106), number =>
        {
            Errno code = NativeError.FromMacOS(number);
            Assert.Equal(number == 45 ? Errno.EOPNOTSUPP : named.GetValueOrDefault(number), Enum.IsDefined(code) ? code : Errno.None);
        });
    }
}
