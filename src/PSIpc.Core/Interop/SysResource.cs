using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/resource.h&gt;</c> on Linux and macOS.</summary>
internal static class SysResourceH
{
    internal const int RLIMIT_FSIZE = 1;
    internal static readonly int RLIMIT_NOFILE = OperatingSystem.IsMacOS() ? 8 : 7;
}

internal static partial class Libc
{
    /// <summary>getrlimit(2) of RLIMIT_NOFILE: how many descriptors this process may have open.</summary>
    internal static NativeResult GetDescriptorLimit(out ulong soft, out ulong hard)
    {
        NativeResult result = Result(getrlimit(SysResourceH.RLIMIT_NOFILE, out RLimit limit));
        (soft, hard) = (limit.Soft, limit.Hard);
        return result;
    }

    /// <summary>getrlimit(2) of RLIMIT_FSIZE: a write past it is SIGXFSZ, which ends the process.</summary>
    internal static ulong GetFileSizeLimit() => getrlimit(SysResourceH.RLIMIT_FSIZE, out RLimit limit) == 0 ? limit.Soft : ulong.MaxValue;

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getrlimit(int resource, out RLimit limit);

    private struct RLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }
}
