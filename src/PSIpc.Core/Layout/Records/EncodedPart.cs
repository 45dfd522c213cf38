namespace PSIpc.Layout.Records;

/// <summary>Bytes of a record that a value was given for.</summary>
/// <param name="Offset">From the start of the record.</param>
/// <param name="Length">Of all elements of an array.</param>
/// <param name="Significant">How many bytes make the value: of a text those to its NUL, which is all that a C program sees of it.</param>
/// <param name="ElementSize">The bytes that are changed together, a divisor of the length.</param>
internal readonly record struct EncodedPart(int Offset, int Length, int Significant, int ElementSize);
