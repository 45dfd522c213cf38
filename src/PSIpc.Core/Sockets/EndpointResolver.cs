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
        if (endpoint is { Transport: SocketTransport.Tcp or SocketTransport.Tls or SocketTransport.Udp, Port: 0 })
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
        : throw new IpcException(IpcErrorReason.PlatformNotSupported, $"'{path}' cannot be used: this system has no Unix sockets for this process.");

    /// <exception cref="IpcException">No resolver knows the name, or none answered in time.</exception>
    internal static EndPoint[] Resolve(SocketEndpoint endpoint, Deadline deadline, Action<string>? trace, CancellationToken cancellation)
    {
        EndPoint[] addresses = Resolve(endpoint, deadline, cancellation);
        trace?.Invoke(addresses.Length > 0 ? $"{endpoint} is {string.Join<EndPoint>(", ", addresses)}." : $"{endpoint} is a pipe of the system.");
        return addresses;
    }

    private static EndPoint[] Resolve(SocketEndpoint endpoint, Deadline deadline, CancellationToken cancellation)
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
            IPAddress[] addresses = Dns.GetHostAddressesAsync(endpoint.Address, cancellation)
                .WaitAsync(deadline.Remaining, cancellation).GetAwaiter().GetResult();
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
        SocketEndpoint endpoint, EndPoint[] addresses, Deadline deadline, Func<EndPoint, Deadline, T> connect, Action<string>? trace = null) =>
        ConnectFirstAsync(endpoint, addresses, deadline, (address, part) => ValueTask.FromResult(connect(address, part)), trace)
            .AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// The first address that answers. Each attempt has an equal part of the time left, so an address that swallows packets
    /// does not take the next one's turn.
    /// </summary>
    /// <exception cref="IpcException">None did: the last attempt's reason, and every attempt's in the message.</exception>
    internal static async ValueTask<T> ConnectFirstAsync<T>(
        SocketEndpoint endpoint, EndPoint[] addresses, Deadline deadline, Func<EndPoint, Deadline, ValueTask<T>> connect, Action<string>? trace = null)
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
                trace?.Invoke($"{addresses[i]}: {exception.Message}.");
            }
        }

        IpcException last = failures[^1];
        string tried = failures.Count == 1
            ? last.Message
            : string.Join("; ", addresses.Select((address, i) => $"{address}: {failures[i].Message}"));
        throw new IpcException(last.Reason, $"{endpoint} cannot be reached: {tried}.", last.NativeErrorCode, last);
    }
}
