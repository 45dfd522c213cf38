namespace PSIpc.Echo.Server.Sessions;

/// <summary>How a session came to its end.</summary>
internal enum CloseReason
{
    /// <summary>As it should, or on purpose.</summary>
    Finished,

    /// <summary>The peer reset it, or the system failed it.</summary>
    Failed,

    /// <summary>Nothing moved for too long.</summary>
    Idle,

    /// <summary>Its message was over the bound.</summary>
    TooLarge,

    /// <summary>The server stopped.</summary>
    Aborted,
}
