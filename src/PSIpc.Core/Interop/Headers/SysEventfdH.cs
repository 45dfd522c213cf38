namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/eventfd.h&gt;</c>.</summary>
internal static class SysEventfdH
{
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;
}
