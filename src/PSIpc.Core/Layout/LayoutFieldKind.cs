namespace PSIpc.Layout;

/// <summary>What one element of a layout's field is, whatever C calls it: <c>long</c> is Int64 on Linux and Int32 on Windows.</summary>
public enum LayoutFieldKind
{
    /// <summary>8-bit signed integer.</summary>
    SByte,

    /// <summary>8-bit unsigned integer.</summary>
    Byte,

    /// <summary>16-bit signed integer.</summary>
    Int16,

    /// <summary>16-bit unsigned integer.</summary>
    UInt16,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>32-bit unsigned integer.</summary>
    UInt32,

    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>64-bit unsigned integer.</summary>
    UInt64,

    /// <summary>32-bit floating point number.</summary>
    Single,

    /// <summary>64-bit floating point number.</summary>
    Double,

    /// <summary>C's bool of one byte: anything but 0 is true.</summary>
    Boolean,

    /// <summary>C's plain <c>char</c>: an array of it is text, one alone is a character from U+0000 to U+00FF.</summary>
    Char,

    /// <summary>A struct or union with a layout of its own.</summary>
    Structure,
}
