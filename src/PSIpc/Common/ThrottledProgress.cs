using System.Diagnostics;
using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>A progress bar for what takes longer than a second; drawn at most four times a second, and taken away at the end.</summary>
/// <param name="command">Draws it, on its own thread.</param>
/// <param name="activity">What goes on.</param>
/// <param name="timeout">For a wait, how many seconds it may take, or null for ever.</param>
internal sealed class ThrottledProgress(Cmdlet command, string activity, double? timeout = null) : IProgress<TimeSpan>, IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly string _activity = DisplayText.Escape(activity);
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _drawn;

    /// <summary>Tells how a wait goes on, of which only the end of its time is known.</summary>
    /// <param name="value">How long it has taken so far.</param>
    public void Report(TimeSpan value)
    {
        if (IsDue())
        {
            string limit = timeout is { } seconds ? $" of {seconds:0.###} s" : "";
            Draw($"waiting for {value.TotalSeconds:0} s{limit}", timeout is > 0 ? value.TotalSeconds / timeout.Value : -1);
        }
    }

    /// <summary>Tells how far something is.</summary>
    /// <param name="fraction">From 0 to 1.</param>
    /// <param name="status">What to say, made only when it is drawn.</param>
    internal void Report(double fraction, Func<string> status)
    {
        if (IsDue())
        {
            Draw(status(), fraction);
        }
    }

    public void Dispose()
    {
        if (_drawn != 0)
        {
            try
            {
                command.WriteProgress(new ProgressRecord(0, _activity, " ") { RecordType = ProgressRecordType.Completed });
            }
            catch (PipelineStoppedException)
            {
                // The host takes it away itself.
            }
        }
    }

    private bool IsDue() =>
        _drawn == 0 ? Stopwatch.GetElapsedTime(_begun) >= Quiet : Stopwatch.GetElapsedTime(_drawn) >= Pause;

    private void Draw(string status, double fraction)
    {
        _drawn = Stopwatch.GetTimestamp();
        command.WriteProgress(new ProgressRecord(0, _activity, DisplayText.Escape(status))
        {
            PercentComplete = fraction < 0 ? -1 : (int)Math.Clamp(fraction * 100, 0, 100),
        });
    }
}
