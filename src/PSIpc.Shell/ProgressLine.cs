using System.Diagnostics;
using System.Management.Automation;

namespace PSIpc.Shell;

/// <summary>One line of progress on a terminal, redrawn a few times a second and taken away before anything else is written.</summary>
internal sealed class ProgressLine
{
    private const int MarginColumns = 1;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly bool _visible = !Console.IsErrorRedirected && !Console.IsOutputRedirected;
    private long _lastDrawn;
    private int _drawnColumns;

    internal void Show(ProgressRecord record)
    {
        if (!_visible)
        {
            return;
        }

        if (record.RecordType == ProgressRecordType.Completed)
        {
            Clear();
            return;
        }

        if (_drawnColumns > 0 && Stopwatch.GetElapsedTime(_lastDrawn) < Interval)
        {
            return;
        }

        string percent = record.PercentComplete >= 0 ? $"{record.PercentComplete,3}% " : "";
        string text = $"{percent}{record.Activity}: {record.StatusDescription}";
        text = text.Length < Console.WindowWidth ? text : text[..Math.Max(0, Console.WindowWidth - MarginColumns)];
        Clear();
        Console.Error.Write(text);
        _drawnColumns = text.Length;
        _lastDrawn = Stopwatch.GetTimestamp();
    }

    internal void Clear()
    {
        if (_drawnColumns > 0)
        {
            Console.Error.Write($"\r{new string(' ', _drawnColumns)}\r");
            _drawnColumns = 0;
        }
    }
}
