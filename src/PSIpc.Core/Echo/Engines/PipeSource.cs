using System.IO.Pipes;

namespace PSIpc;

/// <summary>Connections of a named pipe of Windows, open to the current user alone. There is always one instance waiting.</summary>
internal sealed class PipeSource : IStreamSource
{
    private readonly string _name;
    private NamedPipeServerStream _waiting;

    /// <exception cref="IpcException">Another server has the name.</exception>
    internal PipeSource(string name)
    {
        _name = name;
        if (File.Exists(@"\\.\pipe\" + name))
        {
            throw InUse(null);
        }

        try
        {
            _waiting = Create();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw InUse(exception);
        }
    }

    public async Task<StreamChannel> AcceptAsync()
    {
        NamedPipeServerStream pipe = _waiting;
        await pipe.WaitForConnectionAsync().ConfigureAwait(false);
        _waiting = Create();
        return new PipeChannel(pipe);
    }

    public void Dispose() => _waiting.Dispose();

    private NamedPipeServerStream Create() => new(
        _name,
        PipeDirection.InOut,
        NamedPipeServerStream.MaxAllowedServerInstances,
        // Messages can be empty, which is how a client says that it sends no more.
        OperatingSystem.IsWindows() ? PipeTransmissionMode.Message : PipeTransmissionMode.Byte,
        PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);

    private IpcException InUse(Exception? cause) =>
        new(IpcErrorReason.EchoAddressInUse, $"The pipe '{_name}' is in use.", 0, cause);
}
