using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading.Channels;

namespace PSIpc.Echo.Server;

/// <summary>
/// What a server receives, as it arrives, until the server stops or this is disposed. The buffer is bounded: a reader who is too slow
/// for it loses the oldest messages, and <see cref="Missed"/> counts them. The server itself never waits for a reader.
/// </summary>
public sealed class EchoSubscription : IDisposable
{
    private readonly Channel<EchoMessage> _messages = Channel.CreateUnbounded<EchoMessage>();
    private readonly object _adding = new();
    private readonly EchoSubscriptionList _receivers;
    private readonly int _capacity;
    private readonly long _maxBytes;
    private long _bytes;
    private long _missed;

    internal EchoSubscription(EchoSubscriptionList receivers, int capacity, long maxBytes)
    {
        _receivers = receivers;
        _capacity = capacity;
        _maxBytes = maxBytes;
    }

    /// <summary>How many messages were dropped unread so far.</summary>
    public long Missed => Interlocked.Read(ref _missed);

    /// <summary>Takes the next message if one is there.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryRead([NotNullWhen(true)] out EchoMessage? message)
    {
        bool read = _messages.Reader.TryRead(out message);
        if (read)
        {
            Interlocked.Add(ref _bytes, -message!.Bytes.Length);
        }

        return read;
    }

    /// <summary>Waits until a message is there.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when there will be no more.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public bool WaitToRead(CancellationToken cancellationToken = default)
    {
        ValueTask<bool> wait = _messages.Reader.WaitToReadAsync(cancellationToken);
        return wait.IsCompletedSuccessfully ? wait.Result : wait.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Every message as it arrives, to the last.</summary>
    /// <param name="cancellationToken">Ends the wait for the next.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async IAsyncEnumerable<EchoMessage> ReadAllAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _messages.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (TryRead(out EchoMessage? message))
            {
                yield return message;
            }
        }
    }

    /// <summary>Ends the subscription. What is in the buffer can still be read.</summary>
    public void Dispose()
    {
        _receivers.Remove(this);
        Complete();
    }

    internal void Complete() => _messages.Writer.TryComplete();

    internal void Add(EchoMessage message)
    {
        // One engine may add from many threads; the lock keeps the bounds exact.
        lock (_adding)
        {
            // A message larger than the whole bound is still kept, as the only one.
            while (_messages.Reader.Count >= _capacity || Interlocked.Read(ref _bytes) + message.Bytes.Length > _maxBytes)
            {
                if (!TryRead(out _))
                {
                    break;
                }

                Interlocked.Increment(ref _missed);
            }

            Interlocked.Add(ref _bytes, message.Bytes.Length);
            if (!_messages.Writer.TryWrite(message))
            {
                Interlocked.Add(ref _bytes, -message.Bytes.Length);
            }
        }
    }
}

/// <summary>Something that an echo server received.</summary>
public sealed class EchoMessage
{
    private string? _text;

    internal EchoMessage(long connectionId, string remoteEndpoint, byte[] bytes, bool isComplete)
    {
        ConnectionId = connectionId;
        RemoteEndpoint = remoteEndpoint;
        Bytes = bytes;
        IsComplete = isComplete;
        Time = DateTime.Now;
    }

    /// <summary>The server's number for the connection, from 1; for a datagram, the datagram's own.</summary>
    public long ConnectionId { get; }

    /// <summary>Who sent it: <c>127.0.0.1:40000</c>, or <c>pid:1234</c> over a Unix socket; empty where the system does not say.</summary>
    public string RemoteEndpoint { get; }

    /// <summary>The bytes, as they came.</summary>
    public byte[] Bytes { get; }

    /// <summary>The bytes read as UTF-8. A character cut in two by the end of a part shows as U+FFFD in both.</summary>
    public string Text => _text ??= Encoding.UTF8.GetString(Bytes);

    /// <summary>When it was received, in local time.</summary>
    public DateTime Time { get; }

    /// <summary>
    /// Whether this is all of a message. It is for a datagram and in <see cref="EchoMode.Message"/>, but for a message broken off by
    /// its sender; in <see cref="EchoMode.Stream"/> it never is, as a stream has parts but no messages.
    /// </summary>
    public bool IsComplete { get; }

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}

/// <summary>The subscriptions to what a server receives.</summary>
internal sealed class EchoSubscriptionList
{
    private readonly object _changing = new();
    private volatile EchoSubscription[] _all = [];
    private bool _completed;

    /// <summary>Whether there are any; without one nothing is copied or made.</summary>
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
