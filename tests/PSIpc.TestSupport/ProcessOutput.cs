using System.Text;

namespace PSIpc.TestSupport;

/// <summary>Gathers what a process writes to one stream, and lets a test wait for a line of it.</summary>
internal sealed class ProcessOutput
{
    private readonly object _lock = new();
    private readonly StringBuilder _text = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _nextLine;
    private bool _hasEnded;

    internal ProcessOutput(StreamReader reader) => Completion = ReadAsync(reader);

    /// <summary>Ends when the stream does.</summary>
    internal Task Completion { get; }

    internal string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>The text without a last line that is not complete yet.</summary>
    internal string Lines => Text[..(Text.LastIndexOf('\n') + 1)];

    /// <summary>The next line that fits; lines before it are passed over. Null when the stream ended without one.</summary>
    internal async Task<string?> NextLineAsync(Func<string, bool> fits, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                while (TakeLine() is { } line)
                {
                    if (fits(line))
                    {
                        return line;
                    }
                }

                if (_hasEnded)
                {
                    return null;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private string? TakeLine()
    {
        string rest = _text.ToString(_nextLine, _text.Length - _nextLine);
        int end = rest.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 && !(_hasEnded && rest.Length > 0))
        {
            return null;
        }

        _nextLine += end < 0 ? rest.Length : end + 1;
        return (end < 0 ? rest : rest[..end]).TrimEnd('\r');
    }

    private async Task ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[4096];
        int count;
        do
        {
            count = await reader.ReadAsync(buffer);
            TaskCompletionSource changed;
            lock (_lock)
            {
                _text.Append(buffer, 0, count);
                _hasEnded = count == 0;
                changed = _changed;
                _changed = NewSignal();
            }

            changed.SetResult();
        }
        while (count > 0);
    }
}
