namespace PSIpc.Echo.Server.Sessions;

/// <summary>What an engine is to do next for a session.</summary>
internal enum SessionAction
{
    /// <summary>Read, and report what came.</summary>
    Read,

    /// <summary>Send the piece given, and report how much of it went.</summary>
    Send,

    /// <summary>Nothing before <see cref="EchoSession.DueAt"/>.</summary>
    Wait,

    /// <summary>Nothing at all: the connection stays as it is until the peer or the idle time-out ends it.</summary>
    Stall,

    /// <summary>Everything has gone back and the peer sends no more: half-close, and close.</summary>
    Finish,

    /// <summary>Reset the connection.</summary>
    Reset,
}
