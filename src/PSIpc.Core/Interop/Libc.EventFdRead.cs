using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>eventfd_read(3): takes the signals that have come.</summary>
    internal static int EventFdClear(SafeFileDescriptor descriptor) => ResultOrError(eventfd_read(descriptor, out _));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd_read(SafeFileDescriptor descriptor, out ulong value);
}
