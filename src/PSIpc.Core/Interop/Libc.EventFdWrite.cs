using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>eventfd_write(3) of 1: wakes who waits for the descriptor.</summary>
    internal static int EventFdSignal(SafeFileDescriptor descriptor) => ResultOrError(eventfd_write(descriptor, 1));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd_write(SafeFileDescriptor descriptor, ulong value);
}
