using System.Diagnostics;
using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Takes the locks of shared memory: all of them or, with an error that ends the statement, none.</summary>
[Cmdlet(VerbsCommon.Lock, "SharedMemory", DefaultParameterSetName = KeySet)]
[OutputType(typeof(SharedMemoryLock))]
public sealed class LockSharedMemoryCommand : SharedMemoryCommand
{
    private readonly List<SharedMemoryLock> _locks = [];

    /// <summary>How long to wait, in seconds and parts of them; 0 for one look, for ever unless given.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0.0, double.MaxValue)]
    public double? TimeoutSec { get; set; }

    /// <summary>Gives the lock as an object, whose Dispose() gives it back.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void ProcessAddress(IpcAddress address)
    {
        using var progress = new ThrottledProgress(this, $"Lock of {address}", TimeoutSec);
        long begun = Stopwatch.GetTimestamp();
        _locks.Add(Own(SharedMemoryObject.Lock(address, Seconds(TimeoutSec), progress, StopToken), static held => held.Dispose()));
        WriteVerbose($"Locked {address} by {SystemCallNames.ForLock(address.Kind)} after {Display.Time(Stopwatch.GetElapsedTime(begun))}.");
    }

    // A script must not go on as if it had the lock.
    private protected override void Fail(IpcException exception, object? target) => ThrowTerminatingError(exception, target);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (PassThru)
        {
            RunItem(null, () => _locks.ForEach(Deliver));
        }
    }
}
