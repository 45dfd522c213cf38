using System.Runtime.InteropServices;

namespace PSIpc.Interop;

/// <summary>Constants of <c>&lt;poll.h&gt;</c>.</summary>
internal static class PollH
{
    internal const short POLLIN = 0x1;
    internal const short POLLOUT = 0x4;
}

internal static partial class Libc
{
    /// <summary>poll(2) of one descriptor: the events that came, 0 when the time was over.</summary>
    /// <param name="descriptor">The descriptor to watch.</param>
    /// <param name="events">What to watch it for; errors and hang-ups come unasked.</param>
    /// <param name="timeout">Milliseconds; 0 returns at once, -1 waits for ever.</param>
    internal static unsafe NativeResult Poll(int descriptor, short events, int timeout)
    {
        var entry = new PollDescriptor { Descriptor = descriptor, Events = events };
        NativeResult result = Result(poll(&entry, 1, timeout));
        return result.IsSuccess ? new NativeResult(entry.Returned) : result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int poll(PollDescriptor* entries, nuint count, int timeout);

    private struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }
}
