namespace PSIpc.Objects;

/// <summary>Reads and writes the nine permission bits (chmod(1)).</summary>
public static class UnixMode
{
    /// <summary>The default mode, 0600: the owner can read and write.</summary>
    public const UnixFileMode Default = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int PermissionBits = 0b111_111_111;
    private const int MaximumDigits = 4;
    private const int OctalBase = 8;
    private const string OctalPrefix = "0o";

    /// <summary>
    /// Reads a mode in octal digits, as chmod(1) does (<c>0640</c>, <c>640</c>, and <c>0o640</c> are the same), or as ls(1) shows it
    /// (<c>rw-r-----</c>).
    /// </summary>
    /// <param name="text">One to four octal digits up to 0777, or nine letters and dashes.</param>
    /// <exception cref="IpcException">The text is not a mode (<see cref="IpcErrorReason.SharedMemoryModeInvalid"/>).</exception>
    public static UnixFileMode Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string digits = text.StartsWith(OctalPrefix, StringComparison.OrdinalIgnoreCase) ? text[OctalPrefix.Length..] : text;
        if (digits.Length is > 0 and <= MaximumDigits && !digits.AsSpan().ContainsAnyExceptInRange('0', '7'))
        {
            int bits = Convert.ToInt32(digits, OctalBase);
            return bits <= PermissionBits ? (UnixFileMode)bits : throw Invalid(text);
        }

        int letters = 0;
        foreach (char letter in text)
        {
            letters = (letters << 1) | (letter == '-' ? 0 : 1);
        }

        return text.Length == Format(0).Length && Format((UnixFileMode)letters) == text ? (UnixFileMode)letters : throw Invalid(text);
    }

    /// <summary>Returns a mode as four octal digits: <c>0640</c>.</summary>
    /// <param name="mode">Any mode. Only the nine permission bits count.</param>
    public static string ToOctal(UnixFileMode mode) => Convert.ToString((int)mode & PermissionBits, OctalBase).PadLeft(MaximumDigits, '0');

    /// <summary>Returns a mode as ls(1) shows it, without the file type: <c>rw-r-----</c>.</summary>
    /// <param name="mode">Any mode; only the nine permission bits count.</param>
    public static string Format(UnixFileMode mode) => string.Create(9, (int)mode, static (text, bits) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (bits & (0b100_000_000 >> i)) != 0 ? "rwx"[i % 3] : '-';
        }
    });

    private static IpcException Invalid(string text) => new(
        IpcErrorReason.SharedMemoryModeInvalid,
        $"'{text}' is not a mode: a mode is octal digits from 0 to 0777, such as 0640, or letters as ls shows them, such as rw-r-----.");
}
