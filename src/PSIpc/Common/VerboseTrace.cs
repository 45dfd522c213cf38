using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace PSIpc.Commands;

/// <summary>
/// Makes verbose output of what the core tells. Only the cmdlet's own thread may write it: what other threads tell is said when that
/// thread is back, in <see cref="Dispose"/>.
/// </summary>
internal sealed class VerboseTrace(IpcCommand command) : IProgress<string>, IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly ConcurrentQueue<string> _waiting = [];

    /// <summary>What the core is given; null, at no cost, where nobody wants to know.</summary>
    internal IProgress<string>? Progress => command.IsVerbose ? this : null;

    public void Dispose()
    {
        while (!command.Stopping && _waiting.TryDequeue(out string? line))
        {
            command.WriteVerbose(line);
        }
    }

    /// <summary>Writes a line at once on the cmdlet's thread; keeps that of another thread until then.</summary>
    /// <param name="value">The line.</param>
    public void Report(string value)
    {
        _waiting.Enqueue(value);
        if (Environment.CurrentManagedThreadId == _thread)
        {
            Dispose();
        }
    }
}

/// <summary>An interpolated string that is only made, its parts included, where the cmdlet is asked for verbose output.</summary>
[InterpolatedStringHandler]
internal ref struct VerboseInterpolatedStringHandler
{
    private DefaultInterpolatedStringHandler _text;

    public VerboseInterpolatedStringHandler(int literalLength, int formattedCount, IpcCommand command, out bool isWanted)
    {
        IsWanted = isWanted = command.IsVerbose;
        if (isWanted)
        {
            _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }
    }

    internal bool IsWanted { get; }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    internal string Take() => _text.ToStringAndClear();
}
