namespace PSIpc.SharedMemory;

/// <summary>What bytes are read as. Numbers are in this machine's own byte order, as in a C program.</summary>
public enum SharedMemoryDataType
{
    /// <summary>Text up to the first NUL.</summary>
    String,

    /// <summary>The bytes as they are, in one array.</summary>
    Bytes,

    /// <summary>8-bit signed integers.</summary>
    SByte,

    /// <summary>8-bit unsigned integers.</summary>
    Byte,

    /// <summary>16-bit signed integers.</summary>
    Int16,

    /// <summary>16-bit unsigned integers.</summary>
    UInt16,

    /// <summary>32-bit signed integers.</summary>
    Int32,

    /// <summary>32-bit unsigned integers.</summary>
    UInt32,

    /// <summary>64-bit signed integers.</summary>
    Int64,

    /// <summary>64-bit unsigned integers.</summary>
    UInt64,

    /// <summary>16-bit floating point numbers (IEEE 754 binary16).</summary>
    Half,

    /// <summary>32-bit floating point numbers.</summary>
    Single,

    /// <summary>64-bit floating point numbers.</summary>
    Double,

    /// <summary>Booleans of one byte: anything but 0 is true.</summary>
    Boolean,
}
