using System.Runtime.Loader;

namespace PSIpc.Bench.EngineHost;

/// <summary>
/// The engine with no module imported: <c>EngineHost ENGINE_FOLDER SCRIPT</c> runs a script in it once, and prints the milliseconds that took.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(args[0], $"{name.Name}.dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        return Script.Run(args[1]);
    }
}
