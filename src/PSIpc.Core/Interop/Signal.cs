using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;signal.h&gt;</c> on Linux.</summary>
internal static class SignalH
{
    internal const int SIGHUP = 1;
    internal const int SIGINT = 2;
    internal const int SIGQUIT = 3;
    internal const int SIGABRT = 6;
    internal const int SIGKILL = 9;
    internal const int SIGUSR1 = 10;
    internal const int SIGUSR2 = 12;
    internal const int SIGPIPE = 13;
    internal const int SIGALRM = 14;
    internal const int SIGTERM = 15;
    internal const int SIGCHLD = 17;
    internal const int SIGCONT = 18;
    internal const int SIGSTOP = 19;
    internal const int SIGTSTP = 20;
    internal const int SIGTTIN = 21;
    internal const int SIGTTOU = 22;
    internal const int SIGWINCH = 28;
}

internal static partial class Libc
{
    /// <summary>kill(2); signal 0 only asks whether the process is there.</summary>
    internal static NativeResult Kill(int processId, int signal) => Result(kill(processId, signal));

    /// <summary>pidfd_open(2): a descriptor of the process that has the ID now, and of no later one with that ID.</summary>
    internal static NativeResult PidFdOpen(int processId, out SafeFileHandle process)
    {
        NativeResult result = Result(syscall(SYS_pidfd_open, processId, 0));
        process = new SafeFileHandle(result.Value, ownsHandle: result.IsSuccess);
        return result;
    }

    /// <summary>pidfd_send_signal(2).</summary>
    internal static NativeResult PidFdSendSignal(SafeFileHandle process, int signal) =>
        Result(syscall(SYS_pidfd_send_signal, process, signal, 0, 0));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int kill(int pid, int sig);
}
