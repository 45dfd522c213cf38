using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/eventfd.h&gt;</c>.</summary>
internal static class SysEventfdH
{
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;
}

internal static partial class Libc
{
    /// <summary>eventfd(2), non-blocking and starting at 0.</summary>
    internal static int EventFd(out SafeFileDescriptor descriptor)
    {
        int result = ResultOrError(eventfd(0, SysEventfdH.EFD_CLOEXEC | SysEventfdH.EFD_NONBLOCK));
        descriptor = new SafeFileDescriptor(result < 0 ? -1 : result);
        return result;
    }

    /// <summary>eventfd_read(3): takes the signals that have come.</summary>
    internal static int EventFdClear(SafeFileDescriptor descriptor) => ResultOrError(eventfd_read(descriptor, out _));

    /// <summary>eventfd_write(3) of 1: wakes who waits for the descriptor.</summary>
    internal static int EventFdSignal(SafeFileDescriptor descriptor) => ResultOrError(eventfd_write(descriptor, 1));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd_read(SafeFileDescriptor descriptor, out ulong value);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd_write(SafeFileDescriptor descriptor, ulong value);
}
