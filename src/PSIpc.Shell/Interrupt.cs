using System.Management.Automation;
using System.Runtime.InteropServices;

namespace PSIpc.Shell;

/// <summary>Ctrl+C and SIGTERM stop the pipeline, so that <c>finally</c> blocks run, and decide the exit code.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private PowerShell? _running;

    internal Interrupt() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCodes.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCodes.Terminated)),
    ];

    /// <summary>What the run ends with when a signal ended it.</summary>
    internal int? ExitCode { get; private set; }

    /// <summary>The pipeline that a signal stops, until the result is disposed.</summary>
    internal IDisposable Watch(PowerShell running)
    {
        ExitCode = null;
        _running = running;
        return new Ended(this);
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Stop(PosixSignalContext context, int exitCode)
    {
        // A handler that came later was asked first: somebody waits for this very signal.
        if (context.Cancel)
        {
            return;
        }

        // With nothing running, SIGTERM ends the process as ever; Ctrl+C at the prompt only ends the line.
        PowerShell? running = _running;
        context.Cancel = running is not null || exitCode == ExitCodes.Interrupted;
        if (running is not null)
        {
            ExitCode = exitCode;
            running.BeginStop(null, null);
        }
    }

    private sealed class Ended(Interrupt owner) : IDisposable
    {
        public void Dispose() => owner._running = null;
    }
}
