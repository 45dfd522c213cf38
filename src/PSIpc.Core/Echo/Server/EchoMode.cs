namespace PSIpc.Echo.Server;

/// <summary>When an echo server answers.</summary>
public enum EchoMode
{
    /// <summary>Bytes go back as they arrive (RFC 862).</summary>
    Stream,

    /// <summary>Everything up to the peer's half-close is one message; then it goes back whole, and the server half-closes.</summary>
    Message,
}
