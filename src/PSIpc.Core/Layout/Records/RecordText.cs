using System.Runtime.InteropServices;
using System.Text;

namespace PSIpc.Layout.Records;

/// <summary>Text in an array of char: up to the first NUL of the encoding's width, or the whole array where there is none.</summary>
internal static class RecordText
{
    private static readonly Encoding StrictUtf8 = MakeStrict(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    internal static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding) => encoding.GetString(bytes[..LengthOf(bytes, encoding)]);

    /// <summary>Returns how many bytes the text has without its NUL.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> bytes, Encoding encoding) =>
        IndexOfNul(bytes, encoding.GetByteCount("\0")) is var index and >= 0 ? index : bytes.Length;

    /// <summary>Returns where the first NUL of a width is, in bytes from the start; -1 where there is none.</summary>
    internal static int IndexOfNul(ReadOnlySpan<byte> bytes, int width)
    {
        int index = width switch
        {
            sizeof(ushort) => MemoryMarshal.Cast<byte, ushort>(bytes).IndexOf((ushort)0),
            sizeof(uint) => MemoryMarshal.Cast<byte, uint>(bytes).IndexOf(0u),
            _ => bytes.IndexOf((byte)0),
        };
        return index < 0 ? -1 : index * width;
    }

    /// <summary>
    /// Returns the encoding as one that throws for a text that it cannot express. The strict UTF-8 is kept, because nearly every call
    /// needs it.
    /// </summary>
    internal static Encoding Strict(Encoding encoding) => encoding is UTF8Encoding ? StrictUtf8 : MakeStrict(encoding);

    private static Encoding MakeStrict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.EncoderFallback = EncoderFallback.ExceptionFallback;
        return strict;
    }
}
