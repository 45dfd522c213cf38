using System.Runtime.InteropServices;

namespace PSIpc.TestSupport;

/// <summary>Wine, which runs Windows programs on Linux and is not Windows in everything.</summary>
public static class Wine
{
    /// <summary>Whether this process runs under it: its ntdll says so.</summary>
    public static bool IsHere { get; } = OperatingSystem.IsWindows()
        && NativeLibrary.TryGetExport(NativeLibrary.Load("ntdll.dll"), "wine_get_version", out _);
}
