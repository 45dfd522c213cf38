using System.Collections.Concurrent;

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
