namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/mman.h&gt;</c>.</summary>
internal static class SysMmanH
{
    internal const int PROT_NONE = 0;
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int MAP_PRIVATE = 2;
    internal static readonly int MAP_ANON = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
}
