using System.Text;

namespace PSIpc.Echo.Server;

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
    /// Whether this is all of a message. It is for a datagram and in <see cref="EchoMode.Message"/>, but for a message broken off by its sender;
    /// in <see cref="EchoMode.Stream"/> it never is, as a stream has parts but no messages.
    /// </summary>
    public bool IsComplete { get; }

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
