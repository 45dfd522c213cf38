using PSIpc.Interop;
using PSIpc.Layout;
using PSIpc.Objects;

namespace PSIpc.SharedMemory;

/// <summary>The one place where an error number becomes the reason of a shared memory error, and where its words are.</summary>
internal static class SharedMemoryErrors
{
    /// <summary>Throws when a call failed, without the details that a snapshot would add.</summary>
    internal static NativeResult Check(string call, IpcAddress address, NativeResult result) =>
        result.IsSuccess ? result : throw FromNative(call, address, result.Error, static () => null);

    internal static IpcException FromNative(
        string call, IpcAddress address, NativeError error, Func<SharedMemoryInfo?> find) =>
        error.Code switch
        {
            Errno.ENOENT or Errno.EINVAL or Errno.EIDRM => NotFound(address, error),
            Errno.EACCES or Errno.EPERM => AccessDenied(address, error, find()),
            Errno.ELOOP or Errno.EISDIR or Errno.ENXIO => NotAnObject(address, error),
            Errno.ENOMEM => new(
                IpcErrorReason.SharedMemoryNoSpace, $"{call} of {address}: no memory or address space is left ({error}).", error.Raw),
            Errno.EMFILE or Errno.ENFILE => new(
                IpcErrorReason.NativeError, $"{call} of {address}: too many files are open ({error}).", error.Raw),
            _ => new(IpcErrorReason.NativeError, $"{call} of {address} failed: {error}.", error.Raw),
        };

    internal static IpcException NotFound(IpcAddress address, NativeError error = default) => new(
        IpcErrorReason.SharedMemoryNotFound,
        address.Kind switch
        {
            IpcKind.SystemV => $"No System V segment has {address}.",
            IpcKind.Windows => $"No section has the {address}: Windows keeps one as long as a process holds it.",
            _ => $"No shared memory object has the {address}.",
        },
        error.Raw);

    internal static IpcException Replaced(IpcAddress address) => new(
        IpcErrorReason.SharedMemoryReplaced,
        address.Kind == IpcKind.SystemV
            ? $"The segment that had {address} was removed; another segment has the ID now."
            : $"The object that had the {address} was removed; another object has the name now.");

    internal static IpcException NotAnObject(IpcAddress address, NativeError error = default) => new(
        IpcErrorReason.SharedMemoryNotAnObject,
        address.Kind == IpcKind.Windows
            ? $"The {address} belongs to a mutex, an event or the like, not to a section."
            : $"The {address} belongs to a link, a folder, a socket or a device, not to a shared memory object.",
        error.Raw);

    internal static IpcException HeldElsewhere(IpcAddress address) => new(
        IpcErrorReason.SharedMemoryHeldElsewhere,
        $"The section with the {address} is held by another process and not by this one: Windows removes it when the last one lets it go.");

    internal static IpcException Exists(IpcAddress address, NativeError error, SharedMemoryInfo? existing) => new(
        IpcErrorReason.SharedMemoryExists,
        $"The {address} exists already{(existing is null ? "" : $": {Describe(existing)}")}.",
        error.Raw);

    internal static IpcException SizeMismatch(IpcAddress address, long asked, long actual, NativeError error = default) => new(
        IpcErrorReason.SharedMemorySizeMismatch,
        $"The {address} exists with {actual} bytes, and {asked} were asked for. Ask for at most {actual}, or remove it and create it anew.",
        error.Raw);

    internal static IpcException AccessDenied(IpcAddress address, NativeError error, SharedMemoryInfo? existing) => new(
        IpcErrorReason.SharedMemoryAccessDenied,
        existing is null ? $"Access to {address} is denied."
            : $"Access to {address} is denied: it is {existing.Owner}'s with mode {existing.Mode}, and this process "
                + $"runs as {UserNames.Current}.",
        error.Raw);

    internal static IpcException ForeignOwner(IpcAddress address, uint owner) => new(
        IpcErrorReason.SharedMemoryAccessDenied,
        $"The {address} exists and is {UserNames.OfUser(owner)}'s, who could have put it there for this process to use. If that user is "
            + "trusted, open it without creating.",
        (int)Errno.EACCES);

    internal static IpcException MarkedForRemoval(IpcAddress address, long attachCount) => new(
        IpcErrorReason.SharedMemoryMarkedForRemoval,
        $"The segment with {address} is marked for removal and goes when the last of {attachCount} attachments ends; it takes no new "
            + "ones.");

    internal static IpcException ReadOnly(IpcAddress address) => new(
        IpcErrorReason.SharedMemoryAccessDenied, $"The view of {address} was opened for reading only.");

    internal static IpcException NotMapped(IpcAddress address) => new(
        IpcErrorReason.SharedMemoryNotMapped,
        $"The {address} is read and written through its descriptor and not mapped, so that another process truncating it cannot end this "
            + "one; atomics and spans need a mapping.");

    internal static IpcException Unaligned(IpcAddress address, long offset, int width) => new(
        IpcErrorReason.SharedMemoryUnaligned,
        $"Offset {offset} of {address} is no multiple of {width}: {width * 8} bits that cross a boundary are not read or written at once.");

    internal static IpcException OutOfRange(IpcAddress address, long offset, long count, long size) => new(
        IpcErrorReason.SharedMemoryOutOfRange,
        count < 0 ? $"A count of {count} cannot be read: counts start at 0."
        : offset < 0 ? $"Offset {offset} is before the start: offsets go from 0 to {size}."
        : offset > size ? $"Offset {offset} is past the end of {address}, which has {size} bytes."
        : $"Offset {offset} and {count} bytes end past {address}, which has {size} bytes{Room(offset, size)}.");

    internal static IpcException TextTooLong(IpcAddress address, long offset, int limit) => new(
        IpcErrorReason.SharedMemoryOutOfRange,
        $"No NUL ends the text at offset {offset} of {address} within {limit} bytes. Read it as bytes, or with a count.");

    internal static IpcException ValueTooLarge(IpcAddress address, long offset, long length, long size) => new(
        IpcErrorReason.SharedMemoryValueTooLarge,
        $"The value has {length} bytes at offset {offset}, and {address} has {size} bytes{Room(offset, size)}. Nothing was written.");

    internal static IpcException LayoutTooLarge(IpcAddress address, MemoryLayout layout, long offset, long room) => new(
        IpcErrorReason.LayoutLargerThanMemory, $"A record has {layout.Size} bytes, and {address} has {room} bytes{From(offset)}.");

    internal static IpcException TooManyRecords(
        IpcErrorReason reason, IpcAddress address, MemoryLayout layout, long offset, long count, long room) => new(
        reason,
        count < 0 ? $"A count of {count} records cannot be read: counts start at 0."
        : $"{count} records of {layout.Size} bytes end past {address}: {room / layout.Size} fit in its {room} bytes{From(offset)}.");

    internal static IpcException Changed(IpcAddress address, long offset, long size) => new(
        IpcErrorReason.SharedMemoryChanged,
        $"The {address} was truncated by another process: at offset {offset} it ended, with {size} bytes now.");

    internal static IpcException Unsettled(IpcAddress address) => new(
        IpcErrorReason.SharedMemoryChanged,
        $"Others create and remove the {address} all the time: it could neither be created nor opened.");

    internal static IpcException RemovedMeanwhile(IpcAddress address) => new(
        IpcErrorReason.SharedMemoryNotFound, $"The {address} was removed while it was waited for.");

    internal static IpcException LockHeld(IpcAddress address) => new(
        IpcErrorReason.SharedMemoryLockHeld,
        $"This process has the lock of {address} already, or waits for it: it takes it once, whichever thread asks.");

    internal static IpcException LockNotHeld(IpcAddress address) => new(
        IpcErrorReason.SharedMemoryLockNotHeld, $"This process does not have the lock of {address}: only who took it gives it back.");

    internal static IpcException AttachmentsNotCounted(IpcAddress address) => new(
        IpcErrorReason.PlatformNotSupported,
        $"The system does not count who has the {address} open; it counts attachments of System V segments.");

    private static string From(long offset) => offset > 0 ? $" from offset {offset}" : "";

    private static string Room(long offset, long size) => offset > 0 ? $", {Math.Max(0, size - offset)} of them from there" : "";

    private static string Describe(SharedMemoryInfo info) =>
        (info.Id is { } id ? $"id {id}, " : "")
        + $"{info.Size} bytes"
        + (info.Mode is { } mode ? $", owner {info.Owner}, mode {mode}" : "");
}
