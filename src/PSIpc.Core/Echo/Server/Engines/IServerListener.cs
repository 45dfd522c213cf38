namespace PSIpc.Echo.Server.Engines;

/// <summary>Where the connections of a <see cref="StreamEngine"/> come from. Disposing it ends the wait for one.</summary>
internal interface IServerListener : IDisposable
{
    /// <summary>The next connection.</summary>
    Task<ServerChannel> AcceptAsync();
}
