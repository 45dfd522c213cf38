namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;sys/sem.h&gt;</c> on Linux and macOS.</summary>
internal static class SysSemH
{
    internal const short IPC_NOWAIT = 0x800;
    internal const short SEM_UNDO = 0x1000;
    internal const int IPC_SET = 1;
    internal static readonly int GETPID = OperatingSystem.IsMacOS() ? 4 : 11;
    internal static readonly int GETVAL = OperatingSystem.IsMacOS() ? 5 : 12;
}
