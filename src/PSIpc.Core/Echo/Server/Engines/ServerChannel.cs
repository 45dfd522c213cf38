namespace PSIpc.Echo.Server.Engines;

/// <summary>A connection as a stream, with what a <see cref="Stream"/> itself cannot do.</summary>
internal abstract class ServerChannel : IDisposable
{
    /// <summary>Where the bytes go in and out.</summary>
    internal abstract Stream Stream { get; }

    /// <summary>Who is on the other side; empty where the system does not say.</summary>
    internal abstract string RemoteEndpoint { get; }

    /// <summary>Whether a read of no bytes waits until there are some, so that an idle connection need not hold a buffer.</summary>
    internal virtual bool WaitsWithoutBuffer => true;

    /// <summary>Whether something has arrived that has not been read.</summary>
    internal abstract bool HasInput { get; }

    /// <summary>Does what comes before the first byte, if anything does.</summary>
    internal virtual Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Tells the peer that no more will come, while it may still send.</summary>
    internal abstract Task HalfCloseAsync();

    /// <summary>Makes closing a reset.</summary>
    internal abstract void SetToReset();

    /// <summary>Closes. Reads and writes under way fail.</summary>
    public abstract void Dispose();
}
