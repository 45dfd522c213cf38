using System.Collections.Concurrent;

namespace PSIpc.SharedMemory.Windows;

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
