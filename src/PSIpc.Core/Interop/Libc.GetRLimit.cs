using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>getrlimit(2) of RLIMIT_NOFILE: how many descriptors this process may have open.</summary>
    internal static int GetDescriptorLimit(out ulong soft, out ulong hard)
    {
        int result = ResultOrError(getrlimit(SysResourceH.RLIMIT_NOFILE, out RLimit limit));
        (soft, hard) = (limit.Soft, limit.Hard);
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getrlimit(int resource, out RLimit limit);

    private struct RLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }
}
