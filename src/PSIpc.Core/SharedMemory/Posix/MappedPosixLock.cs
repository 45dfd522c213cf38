using System.Text;
using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Posix;

/// <summary>
/// The lock of an object that cannot be locked itself: flock(2) on <c>/var/tmp/PSIpc-HEX.lock</c>, where HEX is the name's bytes in
/// hexadecimal, so that no file system can take two names for one. The lock belongs to the name: it stays with its holder when the
/// object is removed and made again.
/// </summary>
/// <remarks>
/// The file is there while somebody has the lock: who has it removes the file before giving it back, and nobody else does. So the lock
/// of a file that is still there excludes everybody, and who gets that of one that is not looks for the next. One that a killed process
/// left goes with the next holder.
/// </remarks>
internal sealed class MappedPosixLock(IpcAddress address) : FileLock(address)
{
    // Where every user may create, nobody removes another's file, and nothing is tidied away while the system runs.
    private const string Folder = "/var/tmp";

    private const int ReadBits = 0b100_100_100;
    private const int OthersBits = 0b000_111_111;

    private static readonly int OpenFlags = FcntlH.O_RDONLY | FcntlH.O_NOFOLLOW | FcntlH.O_NONBLOCK | FcntlH.O_CLOEXEC;

    private readonly string _path = PathOf(address);
    private FileId? _memory;

    internal override FileId? File => _memory;

    private protected override bool Exists => true;

    internal static string PathOf(IpcAddress address) =>
        $"{Folder}/PSIpc-{Convert.ToHexString(Encoding.UTF8.GetBytes(address.Name!)).ToLowerInvariant()}.lock";

    private protected override SafeFileHandle OpenFile()
    {
        Statx memory = MappedPosixBackend.StatExact(Address);
        _memory = FileId.Of(memory);
        return PosixObjects.Settle(Address, () => OpenOrCreate(memory));
    }

    private protected override bool Guards(SafeFileHandle file)
    {
        if (!MappedPosixBackend.Exists(Address))
        {
            throw SharedMemoryErrors.RemovedMeanwhile(Address);
        }

        return IsLinked(file);
    }

    private protected override void BeforeUnlock(SafeFileHandle file)
    {
        if (IsLinked(file))
        {
            _ = Libc.Unlink(_path);
        }
    }

    // Null where it came or went between two calls.
    private SafeFileHandle? OpenOrCreate(in Statx memory)
    {
        NativeError error = Libc.Open(_path, OpenFlags, 0, out SafeFileHandle file).Error;
        if (error.Code == Errno.ENOENT)
        {
            file.Dispose();
            error = Libc.Open(_path, OpenFlags | FcntlH.O_CREAT | FcntlH.O_EXCL, 0b100_000_000, out file).Error;
            if (error.Raw == 0)
            {
                // Only of a file of one's own: somebody could have put a link to another there.
                error = Libc.FChMod(file, ModeFor(memory)).Error;
            }
        }

        if (error.Raw == 0)
        {
            try
            {
                ThrowIfForeignOwner(file, memory);
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        file.Dispose();
        return error.Code is Errno.ENOENT or Errno.EEXIST ? null
            : throw new IpcException(
                error.Code is Errno.EACCES or Errno.EPERM ? IpcErrorReason.SharedMemoryAccessDenied : IpcErrorReason.NativeError,
                $"The lock of {Address} is the file '{_path}', which cannot be opened: {error}.",
                error.Raw);
    }

    // Who may read the memory may lock it, and its owner always.
    private static int ModeFor(in Statx memory) => memory.Uid == Libc.GetEUid() ? memory.Mode & ReadBits | 0b100_000_000 : ReadBits;

    // Whoever may open the memory may lock it; of memory that is its owner's alone nobody else keeps the owner out.
    private void ThrowIfForeignOwner(SafeFileHandle file, in Statx memory)
    {
        SharedMemoryErrors.Check("fstat", Address, Libc.StatDescriptor(file, out Statx stat));
        bool isTrusted = stat.Uid == memory.Uid || stat.Uid == Libc.GetEUid() || stat.Uid == MappedPosixBackend.Root;
        if (!stat.IsRegularFile || ((memory.Mode & OthersBits) == 0 && !isTrusted))
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryAccessDenied,
                $"The lock of {Address} is the file '{_path}', and {UserNames.OfUser(stat.Uid)} put something else there. Have it "
                    + "removed.");
        }
    }
}
