namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;poll.h&gt;</c>.</summary>
internal static class PollH
{
    internal const short POLLIN = 0x1;
    internal const short POLLOUT = 0x4;
}
