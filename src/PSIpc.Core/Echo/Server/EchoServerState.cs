namespace PSIpc.Echo.Server;

/// <summary>Where an echo server is in its life.</summary>
public enum EchoServerState
{
    /// <summary>New connections are accepted.</summary>
    Listening,

    /// <summary>No longer listening; what is under way is brought to its end.</summary>
    Draining,

    /// <summary>Everything is closed.</summary>
    Stopped,

    /// <summary>The server itself failed; <see cref="EchoServer.Error"/> says how. Everything is closed.</summary>
    Faulted,
}
