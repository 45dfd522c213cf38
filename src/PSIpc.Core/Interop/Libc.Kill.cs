using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>kill(2); signal 0 only asks whether the process is there.</summary>
    internal static NativeError Kill(int processId, int signal) => ErrorUnless(kill(processId, signal) == 0);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int kill(int pid, int sig);
}
