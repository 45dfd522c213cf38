namespace PSIpc.Echo.Server.Sessions;

/// <summary>Who listens to what a server receives.</summary>
internal sealed class EchoSubscriptionList
{
    private readonly object _changing = new();
    private volatile EchoSubscription[] _all = [];
    private bool _completed;

    /// <summary>Whether anybody does; nothing is copied or made when nobody does.</summary>
    internal bool Any => _all.Length != 0;

    internal EchoSubscription Add(int capacity, long maxBytes)
    {
        var receiver = new EchoSubscription(this, capacity, maxBytes);
        lock (_changing)
        {
            if (_completed)
            {
                receiver.Complete();
            }
            else
            {
                _all = [.. _all, receiver];
            }
        }

        return receiver;
    }

    internal void Remove(EchoSubscription receiver)
    {
        lock (_changing)
        {
            _all = [.. _all.Where(other => other != receiver)];
        }
    }

    internal void Publish(EchoMessage message)
    {
        foreach (EchoSubscription receiver in _all)
        {
            receiver.Add(message);
        }
    }

    /// <summary>No more will come.</summary>
    internal void Complete()
    {
        lock (_changing)
        {
            _completed = true;
            foreach (EchoSubscription receiver in _all)
            {
                receiver.Complete();
            }

            _all = [];
        }
    }
}
