using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Owns what a cmdlet created until its pipeline ends: a pipeline that is stopped or fails releases all of it.</summary>
/// <remarks>
/// A stop comes from another thread, before, after, or while the pipeline creates the next item. The lock is held during a release, so
/// that neither the stop nor the end of the pipeline returns before everything is released.
/// </remarks>
internal sealed class StopOwner
{
    private readonly List<(object Item, Action Release)> _owned = [];
    private readonly HashSet<object> _written = new(ReferenceEqualityComparer.Instance);
    private bool _isStopped;

    /// <summary>Takes an item over, or releases it at once where the pipeline was stopped.</summary>
    /// <param name="item">What was created.</param>
    /// <param name="release">Undoes the creation.</param>
    /// <returns>The item.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped, and the item is released.</exception>
    internal T Add<T>(T item, Action<T> release)
        where T : class
    {
        lock (_owned)
        {
            _owned.Add((item, () => release(item)));
            if (_isStopped)
            {
                Release();
                throw new PipelineStoppedException();
            }
        }

        return item;
    }

    /// <summary>Records that an item is about to be written to the pipeline.</summary>
    internal void MarkWritten(object item)
    {
        lock (_owned)
        {
            _written.Add(item);
        }
    }

    /// <summary>Leaves the items that were written to the caller, who has them.</summary>
    internal void HandOverWritten()
    {
        lock (_owned)
        {
            _owned.RemoveAll(owned => _written.Contains(owned.Item));
        }
    }

    /// <summary>Leaves every item to the caller.</summary>
    internal void HandOver()
    {
        lock (_owned)
        {
            _owned.Clear();
        }
    }

    /// <summary>Releases every item, the last one first.</summary>
    internal void Release()
    {
        lock (_owned)
        {
            for (int i = _owned.Count - 1; i >= 0; i--)
            {
                try
                {
                    _owned[i].Release();
                }
                catch (Exception)
                {
                    // The item may be gone already, and the other items still have to be released.
                }
            }

            _owned.Clear();
        }
    }

    /// <summary>Releases every item, and from now on every new one.</summary>
    internal void Stop()
    {
        lock (_owned)
        {
            _isStopped = true;
            Release();
        }
    }
}
