using System.IO.Pipes;

namespace PSIpc.Echo.Server.Engines;

/// <summary>
/// A named pipe of Windows. It has no half-close: the peer's is an empty message, which reads as the end, and the server's is to close,
/// which leaves what has been written for the peer to read.
/// </summary>
internal sealed class PipeServerChannel(NamedPipeServerStream pipe) : ServerChannel
{
    internal override Stream Stream => pipe;

    internal override string RemoteEndpoint => "";

    internal override bool WaitsWithoutBuffer => false;

    internal override bool HasInput => false;

    internal override Task HalfCloseAsync() => Task.CompletedTask;

    internal override void SetToReset()
    {
    }

    public override void Dispose() => pipe.Dispose();
}
