using System.Collections.Concurrent;
using System.Runtime.Versioning;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Windows;

/// <summary>
/// The lock of a section: the mutex with the section's name and <c>.lock</c> after it, as a C program takes it with CreateMutex and
/// WaitForSingleObject. It belongs to the name: it stays with its holder when the section is removed and made again.
/// </summary>
/// <remarks>
/// A mutex belongs to the thread that takes it, and the caller may release it in another: so each lock has a thread of its own. One whose
/// holder died is abandoned, which Windows tells the next that takes it, and is taken.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed class WindowsLock(IpcAddress address) : SharedMemoryLock(address)
{
    private const string Suffix = ".lock";

    private DedicatedThread? _thread;
    private Mutex? _mutex;

    private protected override bool Exists => true;

    private protected override void Acquire(PollingWait wait)
    {
        _mutex = OpenOrCreate();
        _thread = new DedicatedThread($"The owner of the lock of {Address}");
        while (!_thread.Run(() => Take(wait.Slice)))
        {
            wait.ThrowIfCancelledOrExpired();
            if (!WindowsBackend.Exists(Address))
            {
                throw SharedMemoryErrors.RemovedMeanwhile(Address);
            }
        }
    }

    private protected override void Release(bool held)
    {
        if (held)
        {
            _thread!.Run(() =>
            {
                _mutex!.ReleaseMutex();
                return true;
            });
        }

        _thread?.Dispose();
        _mutex?.Dispose();
    }

    private bool Take(TimeSpan slice)
    {
        NativeResult result = Kernel32.WaitForMutex(_mutex!.SafeWaitHandle, slice, out bool isAcquired);
        SharedMemoryErrors.Check("WaitForSingleObject", Address, result);
        return isAcquired;
    }

    private Mutex OpenOrCreate()
    {
        try
        {
            return new Mutex(initiallyOwned: false, Address.Name + Suffix);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw SharedMemoryErrors.AccessDenied(Address, new NativeError(exception.HResult & 0xffff), null);
        }
        catch (WaitHandleCannotBeOpenedException)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryNotAnObject,
                $"'{Address.Name}{Suffix}', the lock of {Address}, is the name of something that is no mutex.");
        }
    }
}

/// <summary>A thread that does what it is given, in that order, for what Windows ties to a thread.</summary>
internal sealed class DedicatedThread : IDisposable
{
    private readonly BlockingCollection<Task> _work = [];
    private readonly Thread _thread;

    internal DedicatedThread(string name)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Does it there, and waits for the result.</summary>
    internal T Run<T>(Func<T> function)
    {
        var task = new Task<T>(function);
        _work.Add(task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Ends the thread when it has done all that it was given.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Work()
    {
        foreach (Task task in _work.GetConsumingEnumerable())
        {
            task.RunSynchronously();
        }
    }
}
