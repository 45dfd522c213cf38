using System.Buffers;
using System.Globalization;
using System.Text;
using PSIpc.Interop;

namespace PSIpc.Objects;

/// <summary>Identifies shared memory: by a System V key or ID, or by the name of a POSIX object or Windows section.</summary>
public sealed record IpcAddress
{
    // NAME_MAX of every file system that POSIX objects live on; macOS counts shm_open's slash, and allows PSHMNAMLEN (31) with it.
    private static readonly int MaximumNameBytes = OperatingSystem.IsMacOS() ? 30 : 255;

    // Where Windows keeps what every session sees, and what this one does, which a plain name means, too.
    private const string GlobalPrefix = @"Global\";
    private const string LocalPrefix = @"Local\";

    private IpcAddress(IpcKind kind) => Kind = kind;

    /// <summary>Gets the address of a new System V segment without a key (IPC_PRIVATE, shmget(2)). It can only be created.</summary>
    public static IpcAddress Private { get; } = new(IpcKind.SystemV) { Key = SysShmH.IPC_PRIVATE };

    /// <summary>Gets the kind of the memory.</summary>
    public IpcKind Kind { get; }

    /// <summary>Gets the System V key; null if the address is an ID or a name.</summary>
    public int? Key { get; private init; }

    /// <summary>Gets the System V ID (shmid); null if the address is a key or a name.</summary>
    public int? Id { get; private init; }

    /// <summary>Gets the name of a POSIX object or Windows section; null if the address is a key or an ID.</summary>
    public string? Name { get; private init; }

    /// <summary>Gets the file that the object with the name must be; null for any file.</summary>
    internal FileId? File { get; init; }

    /// <summary>Gets the creator and the size that the segment with the ID must have; null for any segment.</summary>
    internal (int CreatorProcessId, long Size)? Segment { get; init; }

    /// <summary>Gets whether the address means one object or segment, and no later one with the same name or ID.</summary>
    internal bool IsExact => File is not null || Segment is not null;

    /// <summary>Gets whether every session of Windows sees the name.</summary>
    internal bool IsGlobal => Kind == IpcKind.Windows && Name!.StartsWith(GlobalPrefix, StringComparison.Ordinal);

    /// <summary>Returns the address of the segment with a key.</summary>
    /// <param name="key">The key: any number except 0, which is IPC_PRIVATE.</param>
    /// <exception cref="IpcException">Thrown when the key is 0 (<see cref="IpcErrorReason.SharedMemoryKeyInvalid"/>).</exception>
    public static IpcAddress FromKey(int key) => key != SysShmH.IPC_PRIVATE
        ? new(IpcKind.SystemV) { Key = key }
        : throw new IpcException(IpcErrorReason.SharedMemoryKeyInvalid, "Key 0 is IPC_PRIVATE, which names no segment.");

    /// <summary>Returns the address of the segment with an ID (shmid).</summary>
    /// <param name="id">The ID that shmget(2) returned, 0 or more.</param>
    public static IpcAddress FromId(int id) => new(IpcKind.SystemV) { Id = id };

    /// <summary>Returns the address of the POSIX object, or on Windows of the section, with a name.</summary>
    /// <param name="name">
    /// The name: 1 to 255 bytes in UTF-8, on macOS 1 to 30, without the slash that shm_open(3) needs. On Windows the prefix <c>Global\</c>
    /// means a section of all sessions, and <c>Local\</c> one of this session, as a name without a prefix does.
    /// </param>
    /// <exception cref="IpcException">Thrown when the name is invalid (<see cref="IpcErrorReason.SharedMemoryNameInvalid"/>).</exception>
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

    /// <summary>Returns an address with the same name that means this file only, and no later object with the name.</summary>
    /// <param name="device">The device, as <c>/proc/self/mountinfo</c> shows it: <c>0:27</c>.</param>
    /// <param name="inode">The inode.</param>
    /// <exception cref="IpcException">
    /// Thrown when the device is invalid (<see cref="IpcErrorReason.SharedMemoryAddressInvalid"/>).
    /// </exception>
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

    /// <summary>Returns an address with the same ID that means a segment of this creator and size only, because an ID is reused.</summary>
    /// <param name="creatorProcessId">The ID of the process that created the segment.</param>
    /// <param name="size">The size in bytes.</param>
    public IpcAddress WithSegment(int creatorProcessId, long size) => this with { Segment = (creatorProcessId, size) };

    /// <summary>Returns the address in words: <c>key 0x000004d2</c>, <c>id 65538</c>, <c>name 'x'</c>.</summary>
    public override string ToString() =>
        Id is { } id ? string.Create(CultureInfo.InvariantCulture, $"id {id}")
        : Key is { } key ? $"key {SystemVKey.Format(key)}"
        : $"name '{DisplayText.Escape(Name!)}'";

    /// <summary>Returns whether the file is another one than the address means.</summary>
    internal bool IsAnother(in Statx stat) => File is { } file && file != FileId.Of(stat);

    /// <summary>Returns whether the segment is another one than the address means.</summary>
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
