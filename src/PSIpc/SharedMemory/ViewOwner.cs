namespace PSIpc.Commands;

/// <summary>The views of a pipeline that still runs: when it is stopped, from another thread, they are all closed, also one made at that moment.</summary>
internal sealed class ViewOwner
{
    private readonly List<SharedMemoryView> _views = [];
    private bool _closed;

    internal SharedMemoryView Add(SharedMemoryView view)
    {
        lock (_views)
        {
            _views.Add(view);
            if (_closed)
            {
                view.Dispose();
            }
        }

        return view;
    }

    internal void Close()
    {
        lock (_views)
        {
            _closed = true;
            _views.ForEach(static view => view.Dispose());
        }
    }
}
