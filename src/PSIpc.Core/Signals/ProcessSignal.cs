using PSIpc.Interop;

namespace PSIpc.Signals;

/// <summary>Signals by name (signal(7)). The numbers are Linux's; other systems' are looked up when a signal is sent.</summary>
public enum ProcessSignal
{
    /// <summary>SIGHUP: the terminal is gone; to many services, read your configuration again.</summary>
    Hangup = SignalH.SIGHUP,

    /// <summary>SIGINT: Ctrl+C.</summary>
    Interrupt = SignalH.SIGINT,

    /// <summary>SIGQUIT: Ctrl+\.</summary>
    Quit = SignalH.SIGQUIT,

    /// <summary>SIGABRT: end with a core dump.</summary>
    Abort = SignalH.SIGABRT,

    /// <summary>SIGKILL: end now; no process can catch it.</summary>
    Kill = SignalH.SIGKILL,

    /// <summary>SIGUSR1: whatever the program says.</summary>
    User1 = SignalH.SIGUSR1,

    /// <summary>SIGUSR2: whatever the program says.</summary>
    User2 = SignalH.SIGUSR2,

    /// <summary>SIGPIPE: nobody reads any more.</summary>
    Pipe = SignalH.SIGPIPE,

    /// <summary>SIGALRM: a timer has run out.</summary>
    Alarm = SignalH.SIGALRM,

    /// <summary>SIGTERM: end, please.</summary>
    Terminate = SignalH.SIGTERM,

    /// <summary>SIGCHLD: a child process has stopped or ended.</summary>
    Child = SignalH.SIGCHLD,

    /// <summary>SIGCONT: go on after a stop.</summary>
    Continue = SignalH.SIGCONT,

    /// <summary>SIGSTOP: stop; no process can catch it.</summary>
    Stop = SignalH.SIGSTOP,

    /// <summary>SIGTSTP: Ctrl+Z.</summary>
    TerminalStop = SignalH.SIGTSTP,

    /// <summary>SIGTTIN: a background process reads from the terminal.</summary>
    TerminalInput = SignalH.SIGTTIN,

    /// <summary>SIGTTOU: a background process writes to the terminal.</summary>
    TerminalOutput = SignalH.SIGTTOU,

    /// <summary>SIGWINCH: the terminal's window has another size.</summary>
    WindowChange = SignalH.SIGWINCH,
}
