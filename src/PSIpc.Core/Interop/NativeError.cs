using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>An error number as this system gave it, with its portable name.</summary>
/// <param name="Raw">errno as read right after the call; 0 for none.</param>
internal readonly record struct NativeError(int Raw)
{
    /// <summary>What the last call with <c>SetLastError</c> left on this thread.</summary>
    internal static NativeError Last => new(Marshal.GetLastPInvokeError());

    internal Errno Code => OperatingSystem.IsMacOS() ? FromMacOS(Raw) : OperatingSystem.IsWindows() ? FromWindows(Raw) : (Errno)Raw;

    /// <summary>The system's own words, as <c>strerror</c> has them.</summary>
    internal string Message => Marshal.GetPInvokeErrorMessage(Raw);

    public override string ToString() => $"{Message} ({(OperatingSystem.IsWindows() ? "error" : Enum.IsDefined(Code) ? Code.ToString() : "errno")} {Raw})";

    // winerror.h, where a shared memory call gives it.
    private static Errno FromWindows(int raw) => raw switch
    {
        0 => Errno.None,
        2 or 3 => Errno.ENOENT,
        5 => Errno.EACCES,

        // The name is that of another kind of object.
        6 => Errno.EISDIR,
        8 or 14 or 1455 => Errno.ENOMEM,
        87 or 123 => Errno.EINVAL,
        112 => Errno.ENOSPC,
        183 => Errno.EEXIST,
        _ => (Errno)(-raw),
    };

    // sys/errno.h of Darwin: the numbers up to 34 agree with Linux but for EAGAIN (35), and 11 is EDEADLK. What C calls ENOTSUP (45) is
    // the kernel's own EOPNOTSUPP.
    internal static Errno FromMacOS(int raw) => raw switch
    {
        35 => Errno.EAGAIN,
        36 => Errno.EINPROGRESS,
        38 => Errno.ENOTSOCK,
        40 => Errno.EMSGSIZE,
        41 => Errno.EPROTOTYPE,
        47 => Errno.EAFNOSUPPORT,
        48 => Errno.EADDRINUSE,
        49 => Errno.EADDRNOTAVAIL,
        51 => Errno.ENETUNREACH,
        53 => Errno.ECONNABORTED,
        54 => Errno.ECONNRESET,
        55 => Errno.ENOBUFS,
        57 => Errno.ENOTCONN,
        60 => Errno.ETIMEDOUT,
        61 => Errno.ECONNREFUSED,
        62 => Errno.ELOOP,
        63 => Errno.ENAMETOOLONG,
        65 => Errno.EHOSTUNREACH,
        78 => Errno.ENOSYS,
        84 => Errno.EOVERFLOW,
        90 => Errno.EIDRM,
        45 or 102 => Errno.EOPNOTSUPP,
        11 => (Errno)(-11),
        _ when raw <= 34 => (Errno)raw,
        _ => (Errno)(-raw),
    };
}
