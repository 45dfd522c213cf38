using System.Net.Security;

namespace PSIpc.Echo.Server.Engines;

/// <summary>TLS over a socket. Its half-close is close_notify (RFC 8446, 6.1).</summary>
internal sealed class TlsServerChannel : ServerChannel
{
    private readonly ServerChannel _inner;
    private readonly SslStreamCertificateContext _certificate;
    private readonly SslStream _stream;

    internal TlsServerChannel(ServerChannel inner, SslStreamCertificateContext certificate)
    {
        _inner = inner;
        _certificate = certificate;
        _stream = new SslStream(inner.Stream, leaveInnerStreamOpen: true);
    }

    internal override Stream Stream => _stream;

    internal override string RemoteEndpoint => _inner.RemoteEndpoint;

    internal override bool HasInput => _inner.HasInput;

    internal override Task OpenAsync(CancellationToken cancellationToken) => _stream.AuthenticateAsServerAsync(
        new SslServerAuthenticationOptions { ServerCertificateContext = _certificate }, cancellationToken);

    internal override Task HalfCloseAsync() => _stream.ShutdownAsync();

    internal override void SetToReset() => _inner.SetToReset();

    public override void Dispose()
    {
        // The socket first: whoever reads or writes is waiting for it.
        _inner.Dispose();
        _stream.Dispose();
    }
}
