namespace PSIpc.Echo.Server.Engines;

/// <summary>One way of moving the bytes of a server. It owns its listening socket and its connections.</summary>
internal interface IEchoEngine
{
    /// <summary>Ends when everything is closed: well after <see cref="Stop"/>, or with the exception that made the engine itself fail.</summary>
    Task Completion { get; }

    /// <summary>What moves the bytes, in a word or two.</summary>
    string Name { get; }

    /// <summary>Whether accepting is paused because the process or the system is out of descriptors.</summary>
    bool IsAcceptPaused { get; }

    /// <summary>Stops listening at once, finishes what is under way, and at the deadline aborts the rest. A second call can only bring the deadline nearer.</summary>
    /// <param name="deadline">In <see cref="Environment.TickCount64"/>.</param>
    void Stop(long deadline);
}
