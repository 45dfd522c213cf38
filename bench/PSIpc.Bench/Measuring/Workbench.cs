namespace PSIpc.Bench;

/// <summary>What all rows share; each part is made when the first row wants it.</summary>
internal sealed class Workbench(Options options) : IDisposable
{
    private readonly Stack<IDisposable> _owned = new();
    private Cmdlets? _cmdlets;
    private SharedText? _text;
    private EchoServers? _servers;

    internal Options Options { get; } = options;

    internal Cmdlets Cmdlets => _cmdlets ??= Own(new Cmdlets());

    internal SharedText Text => _text ??= Own(new SharedText(Cmdlets));

    internal EchoServers Servers => _servers ??= Own(new EchoServers());

    /// <summary>Keeps something until the end.</summary>
    internal T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Push(resource);
        return resource;
    }

    /// <summary>Disposes what was made, the last first.</summary>
    public void Dispose()
    {
        while (_owned.TryPop(out IDisposable? resource))
        {
            resource.Dispose();
        }
    }
}
