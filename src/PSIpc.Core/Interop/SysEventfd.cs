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
    internal static NativeResult EventFd(out SafeFileDescriptor descriptor)
    {
        NativeResult result = Result(eventfd(0, SysEventfdH.EFD_CLOEXEC | SysEventfdH.EFD_NONBLOCK));
        descriptor = new SafeFileDescriptor(result.IntValue);
        return result;
    }

    /// <summary>eventfd_read(3): takes the signals that have come.</summary>
    internal static NativeResult EventFdClear(SafeFileDescriptor descriptor) => Result(eventfd_read(descriptor, out _));

    /// <summary>eventfd_write(3) of 1: wakes who waits for the descriptor.</summary>
    internal static NativeResult EventFdSignal(SafeFileDescriptor descriptor) => Result(eventfd_write(descriptor, 1));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd_read(SafeFileDescriptor descriptor, out ulong value);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd_write(SafeFileDescriptor descriptor, ulong value);
}
