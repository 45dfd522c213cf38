using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>The base of cmdlets for shared memory that exists: how it is named, and the loop over what is named.</summary>
public abstract class SharedMemoryCommand : IpcCommand
{
    private protected const string KeySet = "Key";
    private protected const string NameSet = "Name";
    private protected const string IdSet = "Id";
    private protected const string InputObjectSet = "InputObject";

    /// <summary>System V keys: <c>1234</c>, <c>'0x4d2'</c>, <c>'ftok:PATH,PROJECT'</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = KeySet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[] Key { get; set; } = [];

    /// <summary>Names of POSIX objects, or of named sections on Windows.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NameSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SharedMemoryNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>System V IDs (shmid).</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [NotNullArgument]
    [ArgumentCompleter(typeof(ShmidCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>A snapshot, a view, or a lock, live or deserialized; a custom object with a Key or a Name; or a key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Does the work for everything that the parameters name. If one item fails, the others follow.</summary>
    protected override void ProcessRecord()
    {
        foreach (string key in Key)
        {
            RunItem(key, () => ProcessAddress(IpcAddress.FromKey(SystemVKey.Parse(key))));
        }

        foreach (string name in Name)
        {
            RunItem(name, () => ProcessName(name));
        }

        foreach (int id in Id)
        {
            RunItem(id, () => ProcessAddress(IpcAddress.FromId(id)));
        }

        if (InputObject is { } given)
        {
            RunItem(given, () => ProcessObject(given));
        }
    }

    /// <summary>Does this cmdlet's work for one address.</summary>
    private protected abstract void ProcessAddress(IpcAddress address);

    /// <summary>Does this cmdlet's work for a view that the caller keeps open.</summary>
    private protected virtual void ProcessView(SharedMemoryView view) => ProcessAddress(view.ToExactAddress());

    /// <summary>Does this cmdlet's work for one name.</summary>
    private protected virtual void ProcessName(string name) => ProcessAddress(IpcAddress.FromName(name));

    private void ProcessObject(PSObject given)
    {
        if (given.BaseObject is not SharedMemoryView view)
        {
            ProcessAddress(ObjectAddress.Read(given));
            return;
        }

        ObjectOrigin.ThrowIfElsewhere(given);
        try
        {
            // Another thread may close the view while it is used: that is the same error.
            ObjectDisposedException.ThrowIf(view.IsClosed, view);
            ProcessView(view);
        }
        catch (ObjectDisposedException exception) when (view.IsClosed)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryViewClosed, $"The view of {view} is closed: it was disconnected.", innerException: exception);
        }
    }
}
