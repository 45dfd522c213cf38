namespace PSIpc.Interop;

/// <summary>The C library's functions, each in a file of its own: a private import, and a wrapper that reads errno at once.</summary>
internal static partial class Libc
{
    // The runtime maps this name to libc.so.6, musl or libSystem.
    private const string Library = "libc";

    private static NativeError ErrorUnless(bool success) => success ? default : NativeError.Last;
}
