namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;unistd.h&gt;</c>.</summary>
internal static class UnistdH
{
    internal const int SEEK_END = 2;
}
