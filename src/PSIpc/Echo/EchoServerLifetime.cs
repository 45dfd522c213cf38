using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using PSIpc.Echo.Server;

namespace PSIpc.Commands;

/// <summary>Servers live with the process; removing the module ends those of its runspace, and those whose runspace is gone.</summary>
public sealed class EchoServerLifetime : IModuleAssemblyCleanup
{
    private static readonly ConditionalWeakTable<EchoServer, WeakReference<Runspace>> Starters = [];

    /// <summary>Remembers who started a server.</summary>
    internal static void Track(EchoServer server)
    {
        if (Runspace.DefaultRunspace is { } starter)
        {
            Starters.Add(server, new WeakReference<Runspace>(starter));
        }
    }

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        Runspace? remover = Runspace.DefaultRunspace;
        foreach (EchoServer server in EchoServer.All)
        {
            bool isAnothers = Starters.TryGetValue(server, out WeakReference<Runspace>? reference)
                && reference.TryGetTarget(out Runspace? starter)
                && !ReferenceEquals(starter, remover)
                && starter.RunspaceStateInfo.State == RunspaceState.Opened;
            if (!isAnothers)
            {
                server.Dispose();
            }
        }
    }
}
