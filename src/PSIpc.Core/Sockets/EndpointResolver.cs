using System.Net;
using System.Net.Sockets;

namespace PSIpc.Sockets;

/// <summary>The socket addresses behind an endpoint, and the attempts to reach one of them.</summary>
internal static class EndpointResolver
{
    /// <summary>What a client cannot connect to, whatever listens there.</summary>
    /// <exception cref="IpcException">Port 0.</exception>
    internal static void Check(SocketEndpoint endpoint)
    {
        if (endpoint is { Facts.HasPort: true, Port: 0 })
        {
            throw new IpcException(
                IpcErrorReason.EchoPortInvalid,
                $"{endpoint}: port 0 means \"any free port\" to a server; a client needs the real one, 1 to 65535.");
        }
    }

    /// <summary>The address of a Unix socket.</summary>
    /// <exception cref="IpcException">This system has no Unix sockets: an old Windows, or a process that may not create one.</exception>
    internal static UnixDomainSocketEndPoint Unix(string path) => Socket.OSSupportsUnixDomainSockets
        ? new(path)
        : throw new IpcException(
            IpcErrorReason.PlatformNotSupported, $"'{path}' cannot be used: this system has no Unix sockets for this process.");

    /// <inheritdoc cref="ResolveAsync(SocketEndpoint, Deadline, IProgress{string}?, CancellationToken)"/>
    internal static EndPoint[] Resolve(
        SocketEndpoint endpoint, Deadline deadline, IProgress<string>? trace, CancellationToken cancellationToken) =>
        ResolveAsync(endpoint, deadline, trace, cancellationToken).GetAwaiter().GetResult();

    /// <summary>The addresses of an endpoint; none for a pipe of Windows.</summary>
    /// <exception cref="IpcException">No resolver knows the name, or none answered in time.</exception>
    internal static async Task<EndPoint[]> ResolveAsync(
        SocketEndpoint endpoint, Deadline deadline, IProgress<string>? trace, CancellationToken cancellationToken)
    {
        EndPoint[] addresses = await ResolveAsync(endpoint, deadline, cancellationToken).ConfigureAwait(false);
        trace?.Report(
            addresses.Length > 0 ? $"{endpoint} is {string.Join<EndPoint>(", ", addresses)}." : $"{endpoint} is a pipe of the system.");
        return addresses;
    }

    private static async ValueTask<EndPoint[]> ResolveAsync(SocketEndpoint endpoint, Deadline deadline, CancellationToken cancellationToken)
    {
        if (endpoint.SocketPath is { } path)
        {
            return [Unix(path)];
        }

        if (endpoint.Transport == SocketTransport.Pipe)
        {
            return [];
        }

        if (IPAddress.TryParse(endpoint.Address, out IPAddress? address))
        {
            return [new IPEndPoint(address, endpoint.Port)];
        }

        try
        {
            // Waited for outside too: a resolver of the system cannot be interrupted.
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(endpoint.Address, cancellationToken)
                .WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0
                ? Array.ConvertAll(addresses, found => (EndPoint)new IPEndPoint(found, endpoint.Port))
                : throw new IpcException(
                    IpcErrorReason.EchoAddressUnresolved, $"{endpoint}: the name '{endpoint.Address}' has no address.");
        }
        catch (SocketException exception)
        {
            throw new IpcException(
                IpcErrorReason.EchoAddressUnresolved,
                $"{endpoint}: the name '{endpoint.Address}' cannot be resolved: {exception.Message}.",
                exception.NativeErrorCode,
                exception);
        }
        catch (TimeoutException exception)
        {
            throw new IpcException(
                IpcErrorReason.EchoConnectTimeout, $"{endpoint}: the name '{endpoint.Address}' was not resolved in time.", 0, exception);
        }
    }

    /// <inheritdoc cref="ConnectFirstAsync"/>
    internal static T ConnectFirst<T>(
        SocketEndpoint endpoint,
        EndPoint[] addresses,
        Deadline deadline,
        Func<EndPoint, Deadline, T> connect,
        IProgress<string>? trace = null) =>
        ConnectFirstAsync(endpoint, addresses, deadline, (address, part) => ValueTask.FromResult(connect(address, part)), trace)
            .AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// The first address that answers. Each attempt has an equal part of the time left, so an address that swallows packets
    /// does not take the next one's turn.
    /// </summary>
    /// <exception cref="IpcException">None did: the last attempt's reason, and every attempt's in the message.</exception>
    internal static async ValueTask<T> ConnectFirstAsync<T>(
        SocketEndpoint endpoint,
        EndPoint[] addresses,
        Deadline deadline,
        Func<EndPoint, Deadline, ValueTask<T>> connect,
        IProgress<string>? trace = null)
    {
        var failures = new List<IpcException>();
        for (int i = 0; i < addresses.Length; i++)
        {
            try
            {
                return await connect(addresses[i], deadline.Share(addresses.Length - i)).ConfigureAwait(false);
            }
            catch (IpcException exception)
            {
                failures.Add(exception);
                trace?.Report($"{addresses[i]}: {exception.Message}.");
            }
        }

        IpcException last = failures[^1];
        string tried = failures.Count == 1
            ? last.Message
            : string.Join("; ", addresses.Select((address, i) => $"{address}: {failures[i].Message}"));
        throw new IpcException(last.Reason, $"{endpoint} cannot be reached: {tried}.", last.NativeErrorCode, last);
    }
}
