using System.Globalization;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>A process that does what a line asks, and answers each with a line of numbers.</summary>
internal sealed class LinePeer : IDisposable
{
    private readonly ChildProcess _process;

    private LinePeer(ChildProcess process) => _process = process;

    internal int ProcessId => _process.Id;

    /// <summary>The line with which it said that it is ready.</summary>
    internal string Greeting { get; private set; } = "";

    /// <summary>Starts it and waits for its first line.</summary>
    internal static LinePeer Start(string file, params IEnumerable<string> arguments)
    {
        var peer = new LinePeer(ChildProcess.Start(file, arguments));
        try
        {
            peer.Greeting = peer.ReadLine();
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Sends a line, and gives the numbers of the answer.</summary>
    internal double[] Ask(string line)
    {
        _process.Input.WriteLine(line);
        _process.Input.Flush();
        return [.. ReadLine().Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <summary>Ends its input, and gives it a moment to clean up.</summary>
    public void Dispose()
    {
        _process.Input.Close();
        try
        {
            _process.WaitForExitAsync().GetAwaiter().GetResult();
        }
        finally
        {
            _process.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private string ReadLine() => _process.WaitForLineAsync().GetAwaiter().GetResult();
}
