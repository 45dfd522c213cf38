using System.Diagnostics;
using System.Management.Automation;
using System.Runtime.InteropServices;

namespace PSIpc.Shell;

/// <summary>SIGINT, SIGTERM and SIGHUP stop the running pipeline, so that its <c>finally</c> blocks run.</summary>
internal sealed class Interrupt : IDisposable
{
    /// <summary>One key press can reach a process twice, from the terminal and from its parent; what comes later is meant.</summary>
    private static readonly TimeSpan s_insisting = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration[] _registrations;
    private PowerShell? _running;
    private Task _stop = Task.CompletedTask;
    private long _stoppedAt;

    internal Interrupt() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
    ];

    /// <summary>At a prompt SIGINT ends what runs and no more; elsewhere it ends the process too.</summary>
    internal bool AtPrompt { get; set; }

    /// <summary>128 plus the signal that the process has to end with, or nothing.</summary>
    internal int? ExitCode { get; private set; }

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    /// <summary>Names the pipeline that a signal stops from now on; the one before can be disposed then, as no stop is under way in it.</summary>
    internal void Watch(PowerShell? pipeline)
    {
        Task stop;
        lock (_lock)
        {
            _running = pipeline;
            _stoppedAt = 0;
            stop = _stop;
        }

        stop.Wait();
    }

    private void Handle(PosixSignalContext context)
    {
        // A handler that came later was asked first: somebody waits for this very signal.
        if (context.Cancel)
        {
            return;
        }

        lock (_lock)
        {
            bool endsProcess = !AtPrompt || context.Signal != PosixSignal.SIGINT;
            bool insists = _stoppedAt != 0 && Stopwatch.GetElapsedTime(_stoppedAt) > s_insisting;
            if (_running is null || (insists && endsProcess))
            {
                // Nothing to stop, or it does not stop: the signal does what it does to any process.
                context.Cancel = !endsProcess;
                return;
            }

            context.Cancel = true;
            if (endsProcess)
            {
                ExitCode ??= ExitCodeOf(context.Signal);
            }

            if (_stoppedAt == 0)
            {
                _stoppedAt = Stopwatch.GetTimestamp();

                // By Stop and not by BeginStop, whose thread dies, and the process with it, when a pipeline of the script ends in the same moment.
                _stop = Task.Factory.StartNew(_running.Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
    }

    private static int ExitCodeOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 129,
        PosixSignal.SIGINT => 130,
        _ => 143,
    };
}
