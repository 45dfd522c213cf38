using System.Diagnostics;
using System.Management.Automation;
using System.Text;

namespace PSIpc.Shell;

/// <summary>The latest progress as one line at the foot of a terminal; nothing where the standard error is no terminal.</summary>
internal sealed class ProgressDisplay
{
    private const string EraseLine = "\r\e[K";
    private const int BarWidth = 20;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private long _drawnAt;
    private bool _isShown;

    internal void Show(ProgressRecord record)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        lock (_lock)
        {
            if (record.RecordType == ProgressRecordType.Completed)
            {
                Erase();
                _drawnAt = 0;
            }
            else if (_drawnAt == 0 || Stopwatch.GetElapsedTime(_drawnAt) >= s_interval)
            {
                _drawnAt = Stopwatch.GetTimestamp();
                _isShown = true;
                Console.Error.Write(EraseLine + Line(record, Terminal.Width - 1));
            }
        }
    }

    /// <summary>Makes room for other text; the next update draws the line again.</summary>
    internal void Hide()
    {
        if (_isShown)
        {
            lock (_lock)
            {
                Erase();
            }
        }
    }

    internal void End()
    {
        Hide();
        _drawnAt = 0;
    }

    private static string Line(ProgressRecord record, int width)
    {
        var line = new StringBuilder(record.Activity);
        if (record.PercentComplete is >= 0 and <= 100)
        {
            int filled = record.PercentComplete * BarWidth / 100;
            line.Append(" [").Append('#', filled).Append(' ', BarWidth - filled).Append("] ").Append(record.PercentComplete).Append('%');
        }

        foreach (string text in new[] { record.StatusDescription, record.CurrentOperation })
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                line.Append("  ").Append(text);
            }
        }

        if (record.SecondsRemaining >= 0)
        {
            line.Append("  ").Append(TimeSpan.FromSeconds(record.SecondsRemaining)).Append(" left");
        }

        return line.ToString(0, Math.Min(line.Length, width));
    }

    private void Erase()
    {
        if (_isShown)
        {
            _isShown = false;
            Console.Error.Write(EraseLine);
        }
    }
}
