using System.Reflection;

namespace PSIpc;

/// <summary>
/// Takes Ctrl+C and Ctrl+\ away from the program's own <see cref="Console.CancelKeyPress"/> handlers while somebody waits for
/// these signals: pwsh's handler would stop the very pipeline that waits, and it does not ask whether the key is taken.
/// </summary>
internal sealed class ConsoleInterrupt : IDisposable
{
    // .NET does not tell who handles the event. Without this field the handlers stay, and Ctrl+C stops the wait.
    private static readonly FieldInfo? Handlers = typeof(Console).GetField("s_cancelCallbacks", BindingFlags.Static | BindingFlags.NonPublic);

    private static readonly object Gate = new();
    private static ConsoleCancelEventHandler? s_taken;
    private static int s_waiting;

    internal ConsoleInterrupt()
    {
        lock (Gate)
        {
            if (s_waiting++ == 0)
            {
                s_taken = Handlers?.GetValue(null) as ConsoleCancelEventHandler;
                if (s_taken is not null)
                {
                    Console.CancelKeyPress -= s_taken;
                }
            }
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--s_waiting == 0 && s_taken is not null)
            {
                Console.CancelKeyPress += s_taken;
                s_taken = null;
            }
        }
    }
}
