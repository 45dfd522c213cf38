using System.Runtime.InteropServices;
using System.Text;

namespace PSIpc.Layout.Records;

/// <summary>Text in an array of char: up to the first NUL of the encoding's width, or the whole array where there is none.</summary>
internal static class RecordText
{
    internal static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding) => encoding.GetString(bytes[..LengthOf(bytes, encoding)]);

    /// <summary>Returns how many bytes the text has without its NUL.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        int width = encoding.GetByteCount("\0");
        int index = width switch
        {
            sizeof(ushort) => MemoryMarshal.Cast<byte, ushort>(bytes).IndexOf((ushort)0),
            sizeof(uint) => MemoryMarshal.Cast<byte, uint>(bytes).IndexOf(0u),
            _ => bytes.IndexOf((byte)0),
        };
        return index < 0 ? bytes.Length : index * width;
    }
}
