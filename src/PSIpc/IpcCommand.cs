using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>What every cmdlet of the module shares: how an exception of the core becomes an error.</summary>
public abstract class IpcCommand : PSCmdlet
{
    /// <summary>Runs one item's work; what the core throws becomes a non-terminating error, so the next item has its turn.</summary>
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
    }

    private protected void WriteError(IpcException exception, object? target) =>
        WriteError(ErrorRecords.Create(exception, target));

    /// <summary>Ends the cmdlet: nothing that it was asked for can be done.</summary>
    private protected void ThrowTerminatingError(IpcException exception, object? target) =>
        ThrowTerminatingError(ErrorRecords.Create(exception, target));
}
