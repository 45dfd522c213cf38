namespace PSIpc;

/// <summary>How long to wait before the next attempt to connect: twice as long each time, from 10 ms to a second.</summary>
internal sealed class RetryPause
{
    private const int First = 10;
    private const int Longest = 1000;

    private int _milliseconds = First;

    internal void Reset() => _milliseconds = First;

    internal TimeSpan Next()
    {
        int pause = _milliseconds;
        _milliseconds = Math.Min(Longest, pause * 2);
        return TimeSpan.FromMilliseconds(pause);
    }
}
