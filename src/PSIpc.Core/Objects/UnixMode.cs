namespace PSIpc.Objects;

/// <summary>Reads and writes the nine permission bits (chmod(1)).</summary>
public static class UnixMode
{
    /// <summary>The default mode, 0600: the owner can read and write.</summary>
    public const UnixFileMode Default = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int MaximumDigits = 4;
    private const int OctalBase = 8;

    /// <summary>Reads a mode in octal digits, as chmod(1) does: <c>0666</c> and <c>666</c> are the same.</summary>
    /// <param name="text">One to four octal digits, up to 0777.</param>
    /// <exception cref="IpcException">
    /// Thrown when the text is not a mode (<see cref="IpcErrorReason.SharedMemoryModeInvalid"/>).
    /// </exception>
    public static UnixFileMode Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= MaximumDigits && !text.AsSpan().ContainsAnyExceptInRange('0', '7')
            && Convert.ToInt32(text, OctalBase) is var mode and <= 0b111_111_111
            ? (UnixFileMode)mode
            : throw new IpcException(
                IpcErrorReason.SharedMemoryModeInvalid,
                $"'{text}' is no mode: give octal digits from 0 to 0777, such as 0600 (the owner) or 0666 (everyone).");
    }

    /// <summary>Writes a mode as ls(1) does, without the file type: <c>rw-r-----</c>.</summary>
    /// <param name="mode">The mode; only its nine permission bits are written.</param>
    public static string Format(UnixFileMode mode) => string.Create(9, (int)mode, static (text, bits) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (bits & (0b100_000_000 >> i)) != 0 ? "rwx"[i % 3] : '-';
        }
    });
}
