namespace PSIpc.Sockets;

/// <summary>A token that is cancelled by the caller's, or when a deadline passes.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource _source;

    internal TimeLimit(Deadline deadline, CancellationToken cancellation)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _source.CancelAfter(deadline.Remaining);
    }

    internal CancellationToken Token => _source.Token;

    public void Dispose() => _source.Dispose();
}
