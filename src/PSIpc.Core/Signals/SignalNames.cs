using System.Globalization;

namespace PSIpc.Signals;

/// <summary>Reads and writes the names and numbers of signals: <c>Interrupt</c>, <c>SIGINT</c>, <c>INT</c>, <c>2</c> (signal(7)).</summary>
public static class SignalNames
{
    private const string Prefix = "SIG";

    // The number is what macOS has; the values of the enum are Linux's.
    private static readonly Dictionary<ProcessSignal, (string Name, int MacOS)> Signals = new()
    {
        [ProcessSignal.Hangup] = ("SIGHUP", 1),
        [ProcessSignal.Interrupt] = ("SIGINT", 2),
        [ProcessSignal.Quit] = ("SIGQUIT", 3),
        [ProcessSignal.Abort] = ("SIGABRT", 6),
        [ProcessSignal.Kill] = ("SIGKILL", 9),
        [ProcessSignal.User1] = ("SIGUSR1", 30),
        [ProcessSignal.User2] = ("SIGUSR2", 31),
        [ProcessSignal.Pipe] = ("SIGPIPE", 13),
        [ProcessSignal.Alarm] = ("SIGALRM", 14),
        [ProcessSignal.Terminate] = ("SIGTERM", 15),
        [ProcessSignal.Child] = ("SIGCHLD", 20),
        [ProcessSignal.Continue] = ("SIGCONT", 19),
        [ProcessSignal.Stop] = ("SIGSTOP", 17),
        [ProcessSignal.TerminalStop] = ("SIGTSTP", 18),
        [ProcessSignal.TerminalInput] = ("SIGTTIN", 21),
        [ProcessSignal.TerminalOutput] = ("SIGTTOU", 22),
        [ProcessSignal.WindowChange] = ("SIGWINCH", 28),
    };

    /// <summary>
    /// Reads a signal: the name of a <see cref="ProcessSignal"/>, its POSIX name with or without SIG, or this system's number.
    /// </summary>
    /// <param name="text">The name in upper or lower case, or the number.</param>
    /// <exception cref="IpcException">Thrown when the text is not a signal (<see cref="IpcErrorReason.ProcessSignalInvalid"/>).</exception>
    public static ProcessSignal Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string wanted = text.Trim();
        bool isNumber = int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        foreach ((ProcessSignal signal, (string name, _)) in Signals)
        {
            if (isNumber ? Number(signal) == number
                : Same(wanted, signal.ToString()) || Same(wanted, name) || Same(wanted, name[Prefix.Length..]))
            {
                return signal;
            }
        }

        IEnumerable<string> known = Signals.Select(item => $"{item.Key} ({item.Value.Name}, {Number(item.Key)})");
        throw new IpcException(
            IpcErrorReason.ProcessSignalInvalid, $"'{text}' is no signal: give {string.Join(", ", known)}.");
    }

    /// <summary>Returns the POSIX name: <c>SIGINT</c>.</summary>
    /// <param name="signal">The signal.</param>
    public static string PosixName(ProcessSignal signal) => Signals[signal].Name;

    /// <summary>Returns the number that this system has for the signal.</summary>
    internal static int Number(ProcessSignal signal) => OperatingSystem.IsMacOS() ? Signals[signal].MacOS : (int)signal;

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
