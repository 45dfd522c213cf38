using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Windows;

/// <summary>
/// Named sections of the paging file, as CreateFileMapping makes them. Windows removes a section with the last handle of it, so this
/// process holds what it created, or opened instead of creating, until it is removed or the process ends.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsBackend : SharedMemoryBackend
{
    // What names the facility of a Windows error in the upper half of an HRESULT; the error itself is in the lower.
    private const uint Win32Facility = 0x8007;

    private readonly ConcurrentDictionary<string, MemoryMappedFile> _held = new(StringComparer.Ordinal);

    internal override SharedMemoryInfo Create(
        IpcAddress address, SharedMemoryRequest request, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        SharedMemoryAccess access = request.Content.IsEmpty ? SharedMemoryAccess.Read : SharedMemoryAccess.ReadWrite;
        (MemoryMappedFile section, bool created) = CreateOrOpen(address, request, access);
        try
        {
            using WindowsView view = Map(section, address, access);
            if (view.Size < request.Size)
            {
                throw SharedMemoryErrors.SizeMismatch(address, request.Size, view.Size);
            }

            if (!request.Content.IsEmpty)
            {
                view.Write(0, request.Content.Span);
            }

            SharedMemoryInfo info = Snapshot(address, view).WithCreated(created);
            if (!_held.TryAdd(address.Name!, section))
            {
                section.Dispose();
            }

            return info;
        }
        catch
        {
            section.Dispose();
            throw;
        }
    }

    internal override SharedMemoryView Open(IpcAddress address, SharedMemoryAccess access)
    {
        using MemoryMappedFile section = TryOpen(address, access) ?? throw SharedMemoryErrors.NotFound(address);
        return Map(section, address, access);
    }

    internal override SharedMemoryInfo Get(IpcAddress address) => Find(address) ?? throw SharedMemoryErrors.NotFound(address);

    internal override ProbeResult? Probe(IpcAddress address) => Find(address) is { } info ? new(info.Size, null) : null;

    /// <summary>What this process holds: Windows lists no names for others.</summary>
    internal override IEnumerable<SharedMemoryInfo> List() =>
        _held.Keys.Order(StringComparer.Ordinal).Select(name => Find(IpcAddress.FromName(name))).OfType<SharedMemoryInfo>();

    internal override void Remove(IpcAddress address)
    {
        if (!_held.TryRemove(address.Name!, out MemoryMappedFile? section))
        {
            throw Exists(address) ? SharedMemoryErrors.HeldElsewhere(address) : SharedMemoryErrors.NotFound(address);
        }

        section.Dispose();
    }

    internal override SharedMemoryLock NewLock(IpcAddress address) =>
        Exists(address) ? new WindowsLock(address) : throw SharedMemoryErrors.NotFound(address);

    /// <summary>Whether a section has the name, now.</summary>
    internal static bool Exists(IpcAddress address)
    {
        using MemoryMappedFile? section = TryOpen(address, SharedMemoryAccess.Read);
        return section is not null;
    }

    private static (MemoryMappedFile Section, bool Created) CreateOrOpen(
        IpcAddress address, SharedMemoryRequest request, SharedMemoryAccess access)
    {
        if (request.Size > nint.MaxValue)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryTooLarge, $"{request.Size} bytes are more than an address in this process can say.");
        }

        for (int attempt = 1; ; attempt++)
        {
            if (Try(() => MemoryMappedFile.CreateNew(address.Name!, request.Size), out NativeError error) is { } created)
            {
                return (created, true);
            }

            if (error.Code != Errno.EEXIST)
            {
                throw CreateError(address, request, error);
            }

            if (!request.AllowExisting)
            {
                throw SharedMemoryErrors.Exists(address, error, Find(address));
            }

            if (TryOpen(address, access) is { } opened)
            {
                return (opened, false);
            }

            // Gone between the two calls: it can be created now.
            if (attempt == CreateAttempts)
            {
                throw SharedMemoryErrors.NotFound(address);
            }
        }
    }

    private static IpcException CreateError(IpcAddress address, SharedMemoryRequest request, NativeError error) => error.Code switch
    {
        Errno.EINVAL => new(
            IpcErrorReason.SharedMemoryTooLarge,
            $"{request.Size} bytes are more than Windows can address in one section ({error}).", error.Raw),
        Errno.ENOMEM or Errno.ENOSPC => new(
            IpcErrorReason.SharedMemoryNoSpace,
            $"{request.Size} bytes for {address} are more than memory and paging files can promise ({error}). Ask for less.",
            error.Raw),
        Errno.EACCES when address.IsGlobal => new(
            IpcErrorReason.SharedMemoryAccessDenied,
            $"Creating {address} is denied: a section of all sessions wants the privilege SeCreateGlobalPrivilege, which services and "
                + "administrators have.",
            error.Raw),
        _ => SharedMemoryErrors.FromNative("CreateFileMapping", address, error, () => null),
    };

    private static SharedMemoryInfo? Find(IpcAddress address)
    {
        using MemoryMappedFile? section = TryOpen(address, SharedMemoryAccess.Read);
        if (section is null)
        {
            return null;
        }

        using WindowsView view = Map(section, address, SharedMemoryAccess.Read);
        return Snapshot(address, view);
    }

    private static SharedMemoryInfo Snapshot(IpcAddress address, WindowsView view) => new()
    {
        Kind = nameof(IpcKind.Windows),
        Name = address.Name,
        Size = view.Size,
    };

    private static MemoryMappedFile? TryOpen(IpcAddress address, SharedMemoryAccess access)
    {
        MemoryMappedFileRights rights = access == SharedMemoryAccess.Read ? MemoryMappedFileRights.Read : MemoryMappedFileRights.ReadWrite;
        MemoryMappedFile? section = Try(() => MemoryMappedFile.OpenExisting(address.Name!, rights), out NativeError error);
        return error.Code is Errno.None or Errno.ENOENT ? section
            : throw SharedMemoryErrors.FromNative("OpenFileMapping", address, error, () => null);
    }

    private static WindowsView Map(MemoryMappedFile section, IpcAddress address, SharedMemoryAccess access)
    {
        // The accessor is no more than a way to the mapping, which ends itself.
        MemoryMappedFileAccess rights = access == SharedMemoryAccess.Read ? MemoryMappedFileAccess.Read : MemoryMappedFileAccess.ReadWrite;
        MemoryMappedViewAccessor? accessor = Try(() => section.CreateViewAccessor(0, 0, rights), out NativeError error);
        return accessor is not null
            ? new WindowsView(address, access, accessor.SafeMemoryMappedViewHandle)
            : throw SharedMemoryErrors.FromNative("MapViewOfFile", address, error, () => null);
    }

    private static T? Try<T>(Func<T> call, out NativeError error)
        where T : class
    {
        try
        {
            error = default;
            return call();
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException && (uint)exception.HResult >> 16 == Win32Facility)
        {
            error = new NativeError(exception.HResult & 0xffff);
            return null;
        }
    }
}

/// <summary>
/// A mapped section. It keeps no handle of the section itself: Windows takes the name away with the last one, and the memory with the
/// last mapping.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsView(IpcAddress address, SharedMemoryAccess access, SafeMemoryMappedViewHandle mapping)
    : MappedView(address, access, mapping, (long)mapping.ByteLength)
{
    internal override bool IsRemoved => !WindowsBackend.Exists(Address);
}
