using PSIpc.Echo.Server;
using PSIpc.TestSupport;

namespace PSIpc.Reliability.Tests;

/// <summary>The kernel objects that this process holds at one moment.</summary>
internal sealed record HeldResources(string Descriptors, int Mappings, int Segments, int Semaphores, int Objects, int Servers)
{
    /// <summary>Counts them after a garbage collection.</summary>
    /// <param name="prefix">The beginning of the names of the test's objects.</param>
    /// <param name="keys">The keys of the test's segments.</param>
    internal static HeldResources Now(string prefix, params int[] keys)
    {
        Collect();
        return new(
            DescriptorKinds(),
            Leftovers.SharedMappings(),
            Leftovers.Segments(),
            keys.Count(key => File.ReadLines("/proc/sysvipc/sem")
                .Any(line => line.AsSpan().TrimStart().StartsWith($"{key} ", StringComparison.Ordinal))),
            Directory.EnumerateFileSystemEntries("/dev/shm", $"{prefix}*").Count(),
            EchoServer.All.Count);
    }

    // By kind, so that a difference says what it is: "anon_inode 2, pipe 4, socket 3"; without the assemblies that .NET keeps open.
    private static string DescriptorKinds() => string.Join(", ", Directory.GetFiles("/proc/self/fd")
        .Select(path => new FileInfo(path).LinkTarget ?? "")
        .Where(target => !target.EndsWith(".dll", StringComparison.Ordinal))
        .GroupBy(target => target.StartsWith('/') ? "file" : target.Split(":[")[0])
        .OrderBy(kind => kind.Key, StringComparer.Ordinal)
        .Select(kind => $"{kind.Key} {kind.Count()}"));

    /// <summary>
    /// Waits until this is what is held again, and asserts it: the other side of a connection takes a moment to notice its end.
    /// </summary>
    internal void AssertSettles(string prefix, params int[] keys)
    {
        HeldResources now = this;
        Eventually.True(() => (now = Now(prefix, keys)) == this, () => $"{now} is {this} again");
    }

    /// <summary>The managed memory that is in use, in bytes.</summary>
    internal static long ManagedBytes()
    {
        Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>The threads of the process.</summary>
    internal static int Threads() => Directory.GetDirectories("/proc/self/task").Length;

    private static void Collect()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
