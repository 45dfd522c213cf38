using System.Runtime.InteropServices;

namespace PSIpc.Interop;

internal static partial class Libc
{
    /// <summary>close(2). Never repeated after an error: Linux has freed the number by then.</summary>
    internal static int Close(int descriptor) => ResultOrError(close(descriptor));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int close(int descriptor);
}
