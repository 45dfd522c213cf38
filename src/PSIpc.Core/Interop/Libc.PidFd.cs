using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>pidfd_open(2): a descriptor of the process that has the ID now, and of no later one with that ID.</summary>
    internal static SafeFileHandle PidFdOpen(int processId, out NativeError error)
    {
        nint descriptor = syscall(SYS_pidfd_open, processId, 0);
        error = ErrorUnless(descriptor >= 0);
        return new SafeFileHandle(descriptor, ownsHandle: descriptor >= 0);
    }

    /// <summary>pidfd_send_signal(2).</summary>
    internal static NativeError PidFdSendSignal(SafeFileHandle process, int signal) =>
        ErrorUnless(syscall(SYS_pidfd_send_signal, process, signal, 0, 0) == 0);
}
