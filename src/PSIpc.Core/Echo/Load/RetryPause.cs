namespace PSIpc.Echo.Load;

/// <summary>How long to wait before the next attempt to connect: twice as long each time, from 10 ms to a second.</summary>
internal sealed class RetryPause
{
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    private TimeSpan _next = Shortest;

    internal void Reset() => _next = Shortest;

    internal TimeSpan Next()
    {
        TimeSpan pause = _next;
        _next = pause + pause < Longest ? pause + pause : Longest;
        return pause;
    }
}
