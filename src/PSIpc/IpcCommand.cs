using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>What every cmdlet of the module shares: how an exception of the core becomes an error, and how a wait is ended.</summary>
public abstract class IpcCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Ends what the cmdlet waits for when its pipeline is stopped.</summary>
    private protected CancellationToken StopToken => _stopping.Token;

    /// <summary>Frees what the cmdlet holds; the engine calls it at the end, however that came.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Frees what the cmdlet holds.</summary>
    /// <param name="disposing">Always true: handles end themselves.</param>
    protected virtual void Dispose(bool disposing) => _stopping.Dispose();

    /// <summary>
    /// Runs one item's work; what the core throws becomes a non-terminating error, so the next item has its turn. A wait that
    /// the stopped pipeline ended is no error: the engine ends the cmdlet.
    /// </summary>
    private protected void Attempt(object? target, Action work)
    {
        try
        {
            work();
        }
        catch (IpcException exception)
        {
            WriteError(exception, target);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private protected void WriteError(IpcException exception, object? target) =>
        WriteError(ErrorRecords.Create(exception, target));

    /// <summary>Ends the cmdlet: nothing that it was asked for can be done.</summary>
    private protected void ThrowTerminatingError(IpcException exception, object? target) =>
        ThrowTerminatingError(ErrorRecords.Create(exception, target));
}
