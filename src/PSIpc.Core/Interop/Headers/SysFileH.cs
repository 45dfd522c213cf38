namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/file.h&gt;</c>.</summary>
internal static class SysFileH
{
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int LOCK_UN = 8;
}
