using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using PSIpc.Echo.Server.Sessions;

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
            // A message larger than the whole bound is still kept, alone.
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
