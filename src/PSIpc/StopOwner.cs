using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Owns what a cmdlet created until its pipeline ends: a pipeline that is stopped or fails releases all of it.</summary>
/// <remarks>
/// A stop comes from another thread, before, after, or while the pipeline creates the next item. The lock is held during a release, so
/// that neither the stop nor the end of the pipeline returns before everything is released.
/// </remarks>
internal sealed class StopOwner
{
    private readonly Stack<Action> _releases = [];
    private bool _isStopped;

    /// <summary>Takes an item over, or releases it at once where the pipeline was stopped.</summary>
    /// <param name="item">What was created.</param>
    /// <param name="release">Undoes the creation.</param>
    /// <returns>The item.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped, and the item is released.</exception>
    internal T Add<T>(T item, Action<T> release)
    {
        lock (_releases)
        {
            _releases.Push(() => release(item));
            if (_isStopped)
            {
                Release();
                throw new PipelineStoppedException();
            }
        }

        return item;
    }

    /// <summary>Leaves every item to the caller, who has it now.</summary>
    internal void HandOver()
    {
        lock (_releases)
        {
            _releases.Clear();
        }
    }

    /// <summary>Releases every item, the last one first.</summary>
    internal void Release()
    {
        lock (_releases)
        {
            while (_releases.TryPop(out Action? release))
            {
                try
                {
                    release();
                }
                catch (Exception)
                {
                    // The item may be gone already, and the other items still have to be released.
                }
            }
        }
    }

    /// <summary>Releases every item, and from now on every new one.</summary>
    internal void Stop()
    {
        lock (_releases)
        {
            _isStopped = true;
            Release();
        }
    }
}
