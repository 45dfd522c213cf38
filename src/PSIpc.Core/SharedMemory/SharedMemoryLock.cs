using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>
/// The lock of one shared memory while this process has it: it excludes every other process, and the system frees it when this
/// one dies. A process takes it once, whichever thread asks; a second time is an error and never a deadlock.
/// </summary>
public abstract class SharedMemoryLock : IDisposable
{
    // What this process holds or is waiting for.
    private static readonly List<SharedMemoryLock> Known = [];

    private protected SharedMemoryLock(IpcAddress address) => Address = address;

    /// <summary>What it was taken by.</summary>
    public IpcAddress Address { get; }

    /// <summary>The System V key of what it excludes others from, where that has one.</summary>
    public virtual int? Key => null;

    /// <summary>Gets the System V key as ipcs(1) shows it: <c>0x000004d2</c>.</summary>
    public string? HexKey => Key is { } key ? SystemVKey.Format(key) : null;

    /// <summary>The System V id of what it excludes others from, where that has one.</summary>
    public virtual int? Id => null;

    /// <summary>The name of what it excludes others from, where that has one.</summary>
    public string? Name => Address.Name;

    /// <summary>The address that means the memory of this lock, and no later one with the same key or name.</summary>
    public IpcAddress ToExactAddress() => Id is { } id ? IpcAddress.FromId(id) : Address with { File = File };

    /// <summary>The file behind the memory, where it is one.</summary>
    internal virtual FileId? File => null;

    /// <summary>Whether this process has it now.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether what the system keeps of the lock is still there: it goes with the memory.</summary>
    private protected abstract bool Exists { get; }

    /// <summary>Gives the lock back; a second time does nothing.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The lock that this process holds there, or null.</summary>
    internal static SharedMemoryLock? Find(IpcAddress address)
    {
        lock (Known)
        {
            return Known.Find(known => known.IsHeld && known.IsAt(address));
        }
    }

    /// <summary>Acquires a lock that a backend made, or disposes it.</summary>
    internal static SharedMemoryLock Acquire(
        SharedMemoryLock acquired, TimeSpan timeout, IProgress<TimeSpan>? progress, CancellationToken cancellationToken)
    {
        var wait = new PollingWait(timeout, acquired.Describe, progress, cancellationToken);
        lock (Known)
        {
            SharedMemoryLock? known = Known.Find(known => known.IsSameAs(acquired));
            if (known is { IsHeld: true, Exists: false })
            {
                // Memory that was removed took its lock along; the address may belong to something new by now.
                Known.Remove(known);
            }
            else if (known is not null)
            {
                throw SharedMemoryErrors.LockHeld(acquired.Address);
            }

            Known.Add(acquired);
        }

        try
        {
            acquired.Acquire(wait);
            acquired.IsHeld = true;
            return acquired;
        }
        catch
        {
            acquired.Dispose();
            throw;
        }
    }

    /// <summary>Gives the lock back.</summary>
    /// <param name="disposing">Always true: what the system keeps ends itself.</param>
    protected virtual void Dispose(bool disposing)
    {
        bool wasKnown;
        lock (Known)
        {
            wasKnown = Known.Remove(this);
        }

        if (wasKnown)
        {
            bool held = IsHeld;
            IsHeld = false;
            Release(held);
        }
    }

    /// <summary>Returns what a wait for the lock waits for, as the error of a timeout says it.</summary>
    private protected virtual string Describe() => $"the lock of {Address}";

    /// <summary>Acquires the lock from the system, or throws when the wait has ended.</summary>
    private protected abstract void Acquire(PollingWait wait);

    /// <summary>Gives it back to the system, where it was taken, and closes what is open.</summary>
    private protected abstract void Release(bool held);

    private bool IsAt(IpcAddress address) =>
        address.Id is { } id ? Id == id
        : address.Key is { } key ? Key == key
        : Name == address.Name && (address.File is null || address.File == File);

    private bool IsSameAs(SharedMemoryLock other) => Key == other.Key && Name == other.Name;
}
