using System.Collections;
using System.Globalization;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Shared memory that is there now, with what it is in the tooltip.</summary>
public abstract class SharedMemoryCompleter : Completer
{
    private protected override IEnumerable<Proposal> Propose(IDictionary bound) => SharedMemoryObject.List()
        .Where(info => Texts(info).Length > 0)
        .Select(info => new Proposal(Describe(info), Texts(info)));

    /// <summary>What stands for the memory here; none where nothing does.</summary>
    private protected abstract string[] Texts(SharedMemoryInfo info);

    private static string Describe(SharedMemoryInfo info)
    {
        string[] parts =
        [
            info.Id is { } id ? $"shmid {id}" : "POSIX object",
            Display.Size(info.Size),
            info.Mode ?? "",
            info.Owner ?? "",
            info.AttachCount is { } attached ? $"{attached} attached" : "",
            info.CreatorProcessId is { } creator ? $"creator {Display.Process(creator, info.CreatorAlive)}" : "",
        ];
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }
}

/// <summary>Keys of System V segments, as ipcs shows them; typed in hexadecimal or in decimal.</summary>
public sealed class KeyCompleter : SharedMemoryCompleter
{
    private protected override string[] Texts(SharedMemoryInfo info) => info.Key is { } key and not 0
        ? [SystemVKey.Format(key), $"0x{key:x}", key.ToString(CultureInfo.InvariantCulture)]
        : [];
}

/// <summary>Ids of System V segments.</summary>
public sealed class ShmidCompleter : SharedMemoryCompleter
{
    private protected override string[] Texts(SharedMemoryInfo info) =>
        info.Id is { } id ? [id.ToString(CultureInfo.InvariantCulture)] : [];
}

/// <summary>Names of POSIX objects, or of the sections that this process holds on Windows.</summary>
public sealed class SharedMemoryNameCompleter : SharedMemoryCompleter
{
    private protected override string[] Texts(SharedMemoryInfo info) => info.Name is { } name ? [name] : [];
}
