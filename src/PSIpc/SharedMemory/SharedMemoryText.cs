using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Describes shared memory in verbose output: which one, its size, its owner, and never its content.</summary>
internal static class SharedMemoryText
{
    /// <summary>The memory as the system has it now; the address alone where that cannot be seen.</summary>
    internal static string Of(IpcAddress address)
    {
        try
        {
            return Of(SharedMemoryObject.Get(address));
        }
        catch (IpcException)
        {
            return address.ToString();
        }
    }

    internal static string Of(SharedMemoryInfo info) => string.Join(", ", Parts(info));

    private static IEnumerable<string> Parts(SharedMemoryInfo info)
    {
        yield return info.Kind switch
        {
            nameof(IpcKind.SystemV) => $"System V segment {info.Id} (key {info.HexKey})",
            nameof(IpcKind.Posix) => $"POSIX object /dev/shm/{info.Name}",
            _ => $"section {info.Name}",
        };
        yield return Display.Bytes(info.Size);
        if (info.Mode is { } mode)
        {
            yield return $"mode {mode}, owner {info.Owner}";
        }

        if (info.AttachCount is { } attached)
        {
            yield return $"{attached} attached";
        }
    }
}
