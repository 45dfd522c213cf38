using System.Reflection;

namespace PSIpc.Signals;

/// <summary>
/// Takes Ctrl+C and Ctrl+\ away from the program's own <see cref="Console.CancelKeyPress"/> handlers during a wait for these signals:
/// such a handler may stop the very call that waits, without checking whether the key is taken.
/// </summary>
/// <remarks>
/// The event always has a handler: .NET asks those who were registered when a signal came, and it may do so only after the wait has
/// begun; without one the signal would then end the process.
/// </remarks>
internal sealed class ConsoleInterrupt : IDisposable
{
    // .NET does not tell who handles the event. Without this field the handlers stay, and Ctrl+C stops the wait.
    private static readonly FieldInfo? Handlers =
        typeof(Console).GetField("s_cancelCallbacks", BindingFlags.Static | BindingFlags.NonPublic);

    private static readonly object Gate = new();
    private static readonly List<ConsoleInterrupt> Waiting = [];
    private static ConsoleCancelEventHandler? Taken;

    private readonly IReadOnlyCollection<ProcessSignal> _signals;
    private readonly Action<ProcessSignal> _came;

    /// <summary>Sets the program's handlers aside.</summary>
    /// <param name="signals">What is waited for; the program's handlers have the others.</param>
    /// <param name="came">Told which one came.</param>
    internal ConsoleInterrupt(IReadOnlyCollection<ProcessSignal> signals, Action<ProcessSignal> came)
    {
        (_signals, _came) = (signals, came);
        lock (Gate)
        {
            Waiting.Add(this);
            if (Waiting.Count == 1)
            {
                Taken = Handlers?.GetValue(null) as ConsoleCancelEventHandler;
                if (Taken is not null)
                {
                    Console.CancelKeyPress += Handle;
                    Console.CancelKeyPress -= Taken;
                }
            }

            TakesKeys = Taken is not null;
        }
    }

    /// <summary>Gets a value that indicates whether the program has handlers, so that the console tells these signals.</summary>
    internal bool TakesKeys { get; }

    /// <summary>Returns a value that indicates whether the signal comes from a key of the console.</summary>
    /// <param name="signal">The signal.</param>
    internal static bool IsKey(ProcessSignal signal) => signal is ProcessSignal.Interrupt or ProcessSignal.Quit;

    public void Dispose()
    {
        lock (Gate)
        {
            Waiting.Remove(this);
            if (Waiting.Count == 0 && Taken is not null)
            {
                Console.CancelKeyPress += Taken;
                Console.CancelKeyPress -= Handle;
            }
        }
    }

    private static void Handle(object? sender, ConsoleCancelEventArgs key)
    {
        ProcessSignal signal = key.SpecialKey == ConsoleSpecialKey.ControlC ? ProcessSignal.Interrupt : ProcessSignal.Quit;
        lock (Gate)
        {
            foreach (ConsoleInterrupt waiting in Waiting.Where(one => one._signals.Contains(signal)))
            {
                waiting._came(signal);
                key.Cancel = true;
            }
        }

        // Also where the last wait ended in this moment.
        if (!key.Cancel)
        {
            Taken?.Invoke(sender, key);
        }
    }
}
