using System.IO.Pipes;

namespace PSIpc.Echo.Server.Engines;

/// <summary>Connections of a named pipe of Windows, open to the current user alone. There is always one instance waiting.</summary>
internal sealed class PipeServerListener : IServerListener
{
    private readonly string _name;
    private NamedPipeServerStream _waiting;

    /// <exception cref="IpcException">Another server has the name.</exception>
    internal PipeServerListener(string name)
    {
        _name = name;
        try
        {
            // Only the first of a name can be made so: another program's pipe is never joined.
            _waiting = Create(PipeOptions.FirstPipeInstance);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw InUse(exception);
        }
    }

    public async Task<ServerChannel> AcceptAsync()
    {
        NamedPipeServerStream pipe = _waiting;
        await pipe.WaitForConnectionAsync().ConfigureAwait(false);
        _waiting = Create(PipeOptions.None);
        return new PipeServerChannel(pipe);
    }

    public void Dispose() => _waiting.Dispose();

    private NamedPipeServerStream Create(PipeOptions more) => new(
        _name,
        PipeDirection.InOut,
        NamedPipeServerStream.MaxAllowedServerInstances,
        // Messages can be empty, which is how a client says that it sends no more.
        OperatingSystem.IsWindows() ? PipeTransmissionMode.Message : PipeTransmissionMode.Byte,
        PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly | more);

    private IpcException InUse(Exception cause) =>
        new(IpcErrorReason.EchoAddressInUse, $"The pipe '{_name}' is in use.", 0, cause);
}
