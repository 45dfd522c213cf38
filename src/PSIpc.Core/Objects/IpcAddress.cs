using System.Buffers;
using System.Globalization;
using System.Text;
using PSIpc.Interop;

namespace PSIpc.Objects;

/// <summary>Which shared memory is meant: a System V key or id, or the name of a POSIX object or Windows section.</summary>
public sealed record IpcAddress
{
    // NAME_MAX of every file system that POSIX objects live on; macOS counts shm_open's slash, and allows PSHMNAMLEN (31) with it.
    private static readonly int MaximumNameBytes = OperatingSystem.IsMacOS() ? 30 : 255;

    // Where Windows keeps what every session sees, and what this one does, which a plain name means, too.
    private const string GlobalPrefix = @"Global\";
    private const string LocalPrefix = @"Local\";

    private IpcAddress(IpcKind kind) => Kind = kind;

    /// <summary>A new System V segment that no key names (IPC_PRIVATE); only to create.</summary>
    public static IpcAddress Private { get; } = new(IpcKind.SystemV) { Key = SysShmH.IPC_PRIVATE };

    /// <summary>Which kind of memory has this address.</summary>
    public IpcKind Kind { get; }

    /// <summary>The System V key, where the address is one.</summary>
    public int? Key { get; private init; }

    /// <summary>The System V id, where the address is one.</summary>
    public int? Id { get; private init; }

    /// <summary>The name of a POSIX object or a Windows section, where the address is one.</summary>
    public string? Name { get; private init; }

    /// <summary>The file that the object with the name must be; null for whichever has the name.</summary>
    internal FileId? File { get; init; }

    /// <summary>What the segment with the ID must have; null for whichever has the ID.</summary>
    internal (int CreatorProcessId, long Size)? Segment { get; init; }

    /// <summary>Whether it means one object or segment, and no later one with the same name or ID.</summary>
    internal bool IsExact => File is not null || Segment is not null;

    /// <summary>Whether the name is one that every session of Windows sees.</summary>
    internal bool IsGlobal => Kind == IpcKind.Windows && Name!.StartsWith(GlobalPrefix, StringComparison.Ordinal);

    /// <summary>The address of the segment with this key.</summary>
    /// <param name="key">Any key but 0, which is IPC_PRIVATE.</param>
    /// <exception cref="IpcException">The key is 0.</exception>
    public static IpcAddress FromKey(int key) => key != SysShmH.IPC_PRIVATE
        ? new(IpcKind.SystemV) { Key = key }
        : throw new IpcException(IpcErrorReason.SharedMemoryKeyInvalid, "Key 0 is IPC_PRIVATE, which names no segment.");

    /// <summary>The address of the segment with this id (shmid).</summary>
    /// <param name="id">An id as shmget(2) gave it, 0 or more.</param>
    public static IpcAddress FromId(int id) => new(IpcKind.SystemV) { Id = id };

    /// <summary>The address of the POSIX object, or on Windows the section, with this name.</summary>
    /// <param name="name">
    /// 1 to 255 bytes in UTF-8, on macOS 1 to 30, without a slash: shm_open's <c>/x</c> is <c>x</c> here. On Windows <c>Global\</c> may
    /// stand before it, for a section of all sessions, or <c>Local\</c>, which changes nothing.
    /// </param>
    /// <exception cref="IpcException">It is no such name (<see cref="IpcErrorReason.SharedMemoryNameInvalid"/>).</exception>
    public static IpcAddress FromName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool windows = OperatingSystem.IsWindows();
        bool global = windows && name.StartsWith(GlobalPrefix, StringComparison.Ordinal);
        string plain = global ? name[GlobalPrefix.Length..]
            : windows && name.StartsWith(LocalPrefix, StringComparison.Ordinal) ? name[LocalPrefix.Length..]
            : name;
        return WhyInvalid(plain) is { } why
            ? throw new IpcException(IpcErrorReason.SharedMemoryNameInvalid, $"'{name}' is no name of a shared memory object: {why}.")
            : new(windows ? IpcKind.Windows : IpcKind.Posix) { Name = global ? name : plain };
    }

    /// <summary>The same name, of no other object than this file: one that another process put in its place is refused.</summary>
    /// <param name="device">The device, as <c>/proc/self/mountinfo</c> shows it: <c>0:27</c>.</param>
    /// <param name="inode">The inode.</param>
    /// <exception cref="IpcException">The device is not one (<see cref="IpcErrorReason.SharedMemoryAddressInvalid"/>).</exception>
    public IpcAddress WithFile(string device, ulong inode)
    {
        ArgumentNullException.ThrowIfNull(device);
        return this with
        {
            File = FileId.Parse(device, inode)
                ?? throw new IpcException(
                    IpcErrorReason.SharedMemoryAddressInvalid, $"'{device}' is not a device: a device is two numbers, '0:27'."),
        };
    }

    /// <summary>The same ID, of no other segment than one of this creator and this size: an ID can be reused.</summary>
    /// <param name="creatorProcessId">The ID of the process that created the segment.</param>
    /// <param name="size">The size in bytes.</param>
    public IpcAddress WithSegment(int creatorProcessId, long size) => this with { Segment = (creatorProcessId, size) };

    /// <summary>The address in words: <c>key 0x000004d2</c>, <c>id 65538</c>, <c>name 'x'</c>.</summary>
    public override string ToString() =>
        Id is { } id ? string.Create(CultureInfo.InvariantCulture, $"id {id}")
        : Key is { } key ? $"key {SystemVKey.Format(key)}"
        : $"name '{DisplayText.Escape(Name!)}'";

    /// <summary>Whether the file is another one than the address means.</summary>
    internal bool IsAnother(in Statx stat) => File is { } file && file != FileId.Of(stat);

    /// <summary>Whether the segment is another one than the address means.</summary>
    internal bool IsAnother(int creatorProcessId, long size) => Segment is { } segment && segment != (creatorProcessId, size);

    private static string? WhyInvalid(string name)
    {
        if (name.Length == 0)
        {
            return "it is empty";
        }

        if (name[0] == '/' && name.Length > 1 && !name.AsSpan(1).Contains('/'))
        {
            return $"leave out the slash that shm_open wants and write '{name[1..]}'";
        }

        // Half a surrogate pair has no form in UTF-8: all such names would become one.
        if (!IsUnicode(name))
        {
            return "half of a surrogate pair is no character";
        }

        int bytes = Encoding.UTF8.GetByteCount(name);
        return name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0 ? "it has a slash or a NUL in it"
            : name is "." or ".." ? "it is a folder"
            : bytes > MaximumNameBytes ? $"it has {bytes} bytes and a name has at most {MaximumNameBytes}"
            : null;
    }

    private static bool IsUnicode(ReadOnlySpan<char> text)
    {
        while (Rune.DecodeFromUtf16(text, out _, out int length) == OperationStatus.Done)
        {
            text = text[length..];
        }

        return text.IsEmpty;
    }
}
