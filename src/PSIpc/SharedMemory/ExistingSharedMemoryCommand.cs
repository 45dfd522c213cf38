using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>What exists can also be named by its id, or by an object that stands for it.</summary>
public abstract class ExistingSharedMemoryCommand : SharedMemoryCommand
{
    private protected const string IdSet = "Id";
    private protected const string InputObjectSet = "InputObject";

    /// <summary>System V ids (shmid).</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [NotNullArgument]
    [ArgumentCompleter(typeof(ShmidCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>What New-, Get- or Connect-SharedMemory gave, an object with an Id, Key or Name, or a plain key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Does this cmdlet's work on a view that the caller keeps open.</summary>
    private protected virtual void Process(SharedMemoryView view) => Process(view.ExactAddress);

    private protected override void ProcessAddresses()
    {
        base.ProcessAddresses();
        foreach (int id in Id)
        {
            Attempt(id, () => Process(IpcAddress.FromId(id)));
        }

        if (InputObject is { } given)
        {
            Attempt(given, () => ProcessObject(given));
        }
    }

    private void ProcessObject(PSObject given)
    {
        if (given.BaseObject is SharedMemoryView view)
        {
            ObjectOrigin.ThrowIfElsewhere(given);
            ProcessOpen(view);
        }
        else
        {
            Process(ObjectAddress.Read(given));
        }
    }

    // Closed before, or by another thread in the middle: either way it is an error of its own.
    private void ProcessOpen(SharedMemoryView view)
    {
        try
        {
            ObjectDisposedException.ThrowIf(view.IsClosed, view);
            Process(view);
        }
        catch (ObjectDisposedException exception) when (view.IsClosed)
        {
            throw new IpcException(IpcErrorReason.SharedMemoryViewClosed, $"The view of {view} is closed: it was disconnected.", innerException: exception);
        }
    }
}
