using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>The result of a native call: the value that it returned, or the error that it left.</summary>
/// <param name="Value">The value of a call that succeeded, or -1.</param>
/// <param name="Error">The error, with a number of 0 after success.</param>
internal readonly record struct NativeResult(nint Value, NativeError Error = default)
{
    internal bool IsSuccess => Error.Raw == 0;

    /// <summary>Gets the value of a call that returns an <c>int</c>: a descriptor, an ID, or a count that an <c>int</c> limits.</summary>
    internal int IntValue => (int)Value;

    /// <summary>Makes the result of a call that leaves errno alone and returns the error number, or 0.</summary>
    internal static NativeResult FromErrorNumber(int number) => number == 0 ? default : Failed(number);

    /// <summary>Makes the result of a call that failed with this error number.</summary>
    internal static NativeResult Failed(int number) => new(-1, new NativeError(number));

    /// <exception cref="IpcException">Thrown when the call failed.</exception>
    internal void ThrowIfFailed(string function)
    {
        if (!IsSuccess)
        {
            Throw(function, Error);
        }

        static void Throw(string function, NativeError error) =>
            throw new IpcException(IpcErrorReason.NativeError, $"{function} failed: {error}.", error.Raw);
    }
}

/// <summary>An error number as this system gave it, with its portable name.</summary>
/// <param name="Raw">errno as read right after the call; 0 for none.</param>
internal readonly record struct NativeError(int Raw)
{
    internal Errno Code => OperatingSystem.IsMacOS() ? FromMacOS(Raw) : OperatingSystem.IsWindows() ? FromWindows(Raw) : (Errno)Raw;

    /// <summary>The system's own words, as <c>strerror</c> has them.</summary>
    internal string Message => Marshal.GetPInvokeErrorMessage(Raw);

    public override string ToString()
    {
        string name = OperatingSystem.IsWindows() ? "error" : Enum.IsDefined(Code) ? Code.ToString() : "errno";
        return $"{Message} ({name} {Raw})";
    }

    // winerror.h, where a shared memory call gives it.
    internal static Errno FromWindows(int raw) => raw switch
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
        41 => Errno.EPROTOTYPE,
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
        90 => Errno.EIDRM,
        45 or 102 => Errno.EOPNOTSUPP,
        11 => (Errno)(-11),
        _ when raw <= 34 => (Errno)raw,
        _ => (Errno)(-raw),
    };
}

/// <summary>Error numbers by name. The values are Linux's; <see cref="NativeError"/> maps other systems' onto them.</summary>
internal enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    ENXIO = 6,
    EBADF = 9,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EEXIST = 17,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    EFBIG = 27,
    ENOSPC = 28,
    EPIPE = 32,
    ERANGE = 34,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
    ELOOP = 40,
    EIDRM = 43,
    ENOTSOCK = 88,
    EPROTOTYPE = 91,
    EOPNOTSUPP = 95,
    EADDRINUSE = 98,
    EADDRNOTAVAIL = 99,
    ENETUNREACH = 101,
    ECONNABORTED = 103,
    ECONNRESET = 104,
    ENOBUFS = 105,
    ENOTCONN = 107,
    ETIMEDOUT = 110,
    ECONNREFUSED = 111,
    EHOSTUNREACH = 113,
    EINPROGRESS = 115,
}
