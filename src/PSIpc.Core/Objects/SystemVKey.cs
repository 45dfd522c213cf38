using System.Globalization;
using PSIpc.Interop;

namespace PSIpc.Objects;

/// <summary>Reads and writes System V keys: numbers, in decimal or hexadecimal, and keys that ftok(3) makes of a path.</summary>
public static class SystemVKey
{
    private const string FtokPrefix = "ftok:";

    /// <summary>Reads a key.</summary>
    /// <param name="text">
    /// <c>1234</c>, <c>-1</c>, <c>0x4d2</c> (at most 32 bits), or <c>ftok:PATH,PROJECT</c> with a project of 1 to 255 or one ASCII
    /// character.
    /// </param>
    /// <returns>The key, never 0, because IPC_PRIVATE is not an address.</returns>
    /// <exception cref="IpcException">
    /// Thrown when the text is not a key (<see cref="IpcErrorReason.SharedMemoryKeyInvalid"/>), when ftok cannot examine the path
    /// (<see cref="IpcErrorReason.SharedMemoryKeyPathNotFound"/>), or on Windows, which has no ftok
    /// (<see cref="IpcErrorReason.PlatformNotSupported"/>).
    /// </exception>
    public static int Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int key = trimmed.StartsWith(FtokPrefix, StringComparison.OrdinalIgnoreCase)
            ? ParseFtok(trimmed[FtokPrefix.Length..])
            : ParseNumber(trimmed) ?? throw Invalid(text, "a key is a 32-bit number (1234), hexadecimal ('0x4d2') or 'ftok:PATH,PROJECT'");
        return key != SysShmH.IPC_PRIVATE ? key : throw Invalid(text, "key 0 is IPC_PRIVATE, which names no segment");
    }

    /// <summary>Writes a key as ipcs(1) does: <c>0x000004d2</c>.</summary>
    /// <param name="key">The key.</param>
    public static string Format(int key) => string.Create(CultureInfo.InvariantCulture, $"0x{key:x8}");

    internal static IpcException NotSupported() => new(IpcErrorReason.PlatformNotSupported, "Windows has no System V shared memory.");

    private static int? ParseNumber(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits)
                ? (int)bits
                : null;
        }

        // A key is 32 bits: 4294967295 and -1 are the same one.
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number is >= int.MinValue and <= uint.MaxValue
            ? (int)number
            : null;
    }

    private static int ParseFtok(string text)
    {
        int comma = text.LastIndexOf(',');
        if (comma < 1 || text.Contains('\0') || ParseProject(text[(comma + 1)..].Trim()) is not { } project)
        {
            throw Invalid(FtokPrefix + text, "write 'ftok:PATH,PROJECT' with a project of 1 to 255 or one character");
        }

        if (OperatingSystem.IsWindows())
        {
            throw NotSupported();
        }

        string path = text[..comma];
        NativeResult key = Libc.Ftok(path, project);
        return key.IsSuccess
            ? key.IntValue
            : throw new IpcException(
                IpcErrorReason.SharedMemoryKeyPathNotFound,
                $"ftok cannot look at '{path}': {key.Error}. Give the path of a file that exists; the file's inode and device make the "
                    + "key.",
                key.Error.Raw);
    }

    // ftok takes the low eight bits and POSIX leaves 0 undefined.
    private static int? ParseProject(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number is >= 1 and <= 255 ? number : null
        : text.Length == 1 && char.IsAscii(text[0]) ? text[0]
        : null;

    private static IpcException Invalid(string text, string help) =>
        new(IpcErrorReason.SharedMemoryKeyInvalid, $"'{text}' is no System V key: {help}.");
}
