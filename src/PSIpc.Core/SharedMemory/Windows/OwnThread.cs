using System.Collections.Concurrent;

namespace PSIpc.Windows;

/// <summary>A thread that does what it is given, in that order, for what Windows ties to a thread.</summary>
internal sealed class OwnThread : IDisposable
{
    private readonly BlockingCollection<Task> _work = [];

    internal OwnThread(string name)
    {
        new Thread(Work) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Does it there, and waits for the result.</summary>
    internal T Run<T>(Func<T> function)
    {
        var task = new Task<T>(function);
        _work.Add(task);
        return task.GetAwaiter().GetResult();
    }

    public void Dispose() => _work.CompleteAdding();

    private void Work()
    {
        using (_work)
        {
            foreach (Task task in _work.GetConsumingEnumerable())
            {
                task.RunSynchronously();
            }
        }
    }
}
