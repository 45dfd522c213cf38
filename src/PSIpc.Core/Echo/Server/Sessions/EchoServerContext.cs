namespace PSIpc.Echo.Server.Sessions;

/// <summary>
/// What every engine shares: the options, who may come in, what is counted, who listens, and how much memory may be held.
/// </summary>
internal sealed class EchoServerContext
{
    /// <summary>The most that is read at once.</summary>
    internal const int ReadBytes = BufferPool.LargeBytes;

    // Beyond this the bytes held for all connections are rationed: reads become small, and a message may only grow to an even share.
    private const long HeldBytesBudget = 256L << 20;

    private readonly long _budget;
    private readonly long _share;

    internal EchoServerContext(EchoServerOptions options)
    {
        Options = options;
        _budget = Math.Max(HeldBytesBudget, options.MaxMessageBytes);
        _share = Math.Max(BufferPool.SmallBytes, _budget / options.MaxConnections);
        EchoesDirectly = options.Mode == EchoMode.Stream && options.Fault is null;
    }

    internal EchoServerOptions Options { get; }

    internal EchoCounters Counters { get; } = new();

    internal EchoSubscriptionList Receivers { get; } = new();

    internal BufferPool Pool { get; } = new();

    /// <summary>Whether bytes can go back without being kept first.</summary>
    internal bool EchoesDirectly { get; }

    /// <summary>How much to read at once: what cannot be sent back at once must be held.</summary>
    internal int ReadLimit => Pool.HeldBytes > _budget ? BufferPool.SmallBytes : ReadBytes;

    /// <summary>Lets a new connection in and numbers it; when false, it is to be reset.</summary>
    internal bool TryAdmit(out long id)
    {
        id = 0;
        if (RefusesNext())
        {
            return false;
        }

        if (Interlocked.Increment(ref Counters.ActiveConnections) > Options.MaxConnections)
        {
            Interlocked.Decrement(ref Counters.ActiveConnections);
            Interlocked.Increment(ref Counters.RefusedConnections);
            return false;
        }

        id = Interlocked.Increment(ref Counters.TotalConnections);
        return true;
    }

    /// <summary>Whether the fault <see cref="EchoFault.RefuseEvery"/> meets who comes now; if so, that is counted.</summary>
    internal bool RefusesNext()
    {
        bool refuses = Options.Fault?.RefuseEvery is int every && Interlocked.Increment(ref Counters.Arrivals) % every == 0;
        if (refuses)
        {
            Interlocked.Increment(ref Counters.RefusedConnections);
        }

        return refuses;
    }

    /// <summary>A connection that was let in is gone.</summary>
    internal void Leave(CloseReason end)
    {
        Interlocked.Decrement(ref Counters.ActiveConnections);
        switch (end)
        {
            case CloseReason.Failed:
                Interlocked.Increment(ref Counters.Errors);
                break;
            case CloseReason.Idle:
                Interlocked.Increment(ref Counters.IdleTimeouts);
                break;
            case CloseReason.TooLarge:
                Interlocked.Increment(ref Counters.RefusedConnections);
                break;
        }
    }

    /// <summary>Whether a connection that holds this many bytes of a message may hold them.</summary>
    internal bool MayHold(long bytes) => bytes <= Options.MaxMessageBytes && (bytes <= _share || Pool.HeldBytes <= _budget);
}

/// <summary>What a server counts, written by any of its threads.</summary>
internal sealed class EchoCounters
{
    internal long Arrivals;
    internal long ActiveConnections;
    internal long TotalConnections;
    internal long RefusedConnections;
    internal long BytesReceived;
    internal long BytesSent;
    internal long Messages;
    internal long IdleTimeouts;
    internal long Errors;
    internal long AcceptPauses;
}
