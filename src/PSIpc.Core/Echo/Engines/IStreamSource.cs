namespace PSIpc;

/// <summary>Where the connections of a <see cref="StreamEngine"/> come from. Disposing it ends the wait for one.</summary>
internal interface IStreamSource : IDisposable
{
    /// <summary>The next connection.</summary>
    Task<StreamChannel> AcceptAsync();
}
