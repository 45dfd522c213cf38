namespace PSIpc.Interop;

/// <summary>The one library of Windows that is called directly, a file a function, as with <see cref="Libc"/>.</summary>
internal static partial class Kernel32
{
    private const string Library = "kernel32";

    private const int ErrorIoPending = 997;
}
