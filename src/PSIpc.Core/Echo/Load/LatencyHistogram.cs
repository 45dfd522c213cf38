using System.Buffers.Binary;
using System.IO.Compression;
using HdrHistogram;
using HdrHistogram.Utilities;

namespace PSIpc.Echo.Load;

/// <summary>Latencies in an HdrHistogram: nanoseconds from 1 to half an hour, to three significant digits.</summary>
internal sealed class LatencyHistogram
{
    // HdrHistogram.NET computes a bucket's size as an int, and loses values of 2^41 (37 minutes) and more in encoding.
    internal const long HighestNanoseconds = 1_800_000_000_000;

    private const int Digits = 3;

    // What an empty one needs uncompressed, with room; what is longer is none of ours.
    private const int MostEncodedBytes = 1024 * 1024;

    private readonly HistogramBase _counts;

    internal LatencyHistogram()
        : this(new LongHistogram(HighestNanoseconds, Digits))
    {
    }

    private LatencyHistogram(HistogramBase counts) => _counts = counts;

    internal long Count => _counts.TotalCount;

    internal TimeSpan Min => Count == 0 ? TimeSpan.Zero : ToTime(_counts.LowestEquivalentValue(_counts.GetValueAtPercentile(0)));

    internal TimeSpan Max => Count == 0 ? TimeSpan.Zero : ToTime(_counts.GetMaxValue());

    internal TimeSpan Mean => Count == 0 ? TimeSpan.Zero : ToTime(_counts.GetMean());

    internal void Record(long nanoseconds) => _counts.RecordValue(Math.Clamp(nanoseconds, 1, HighestNanoseconds));

    internal void Add(LatencyHistogram other) => _counts.Add(other._counts);

    internal TimeSpan Percentile(double percent) => Count == 0 ? TimeSpan.Zero : ToTime(_counts.GetValueAtPercentile(percent));

    /// <summary>Every value that was recorded, as the middle of its bucket, with how often.</summary>
    internal IEnumerable<(long Nanoseconds, long Count)> Values() => _counts.RecordedValues()
        .Select(value => (_counts.MedianEquivalentValue(value.ValueIteratedTo), value.CountAddedInThisIterationStep));

    /// <summary>HdrHistogram's own interchange format (V2, compressed) in base64, which its tools for other languages read too.</summary>
    internal string Encode()
    {
        var buffer = ByteBuffer.Allocate(_counts.GetNeededByteBufferCapacity());
        int length = _counts.EncodeIntoCompressedByteBuffer(buffer);
        byte[] bytes = new byte[length];
        buffer.Position = 0;
        for (int i = 0; i < length; i++)
        {
            bytes[i] = buffer.Get();
        }

        return Convert.ToBase64String(bytes);
    }

    /// <exception cref="IpcException">The text is not a histogram, or one of another range or precision.</exception>
    internal static LatencyHistogram Decode(string? encoded)
    {
        try
        {
            byte[] content = Decompress(Convert.FromBase64String(encoded ?? string.Empty));
            CheckHeader(content);
            return new(HistogramEncoding.DecodeFromByteBuffer(ByteBuffer.Allocate(content), 0));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new IpcException(
                IpcErrorReason.EchoMeasurementInvalid, $"The histogram of a measurement cannot be read: {exception.Message}", 0, exception);
        }
    }

    // The cookie, the length, and the two bytes of the zlib format (RFC 1950) come before the compressed content.
    private static byte[] Decompress(byte[] encoded)
    {
        const int LengthAt = 4;
        const int CompressedStart = 8;
        const int ContentStart = 10;
        if (encoded.Length is <= ContentStart or > MostEncodedBytes
            || BinaryPrimitives.ReadInt32BigEndian(encoded.AsSpan(LengthAt)) != encoded.Length - CompressedStart)
        {
            throw new FormatException($"It has {encoded.Length} bytes.");
        }

        using var source = new MemoryStream(encoded, ContentStart, encoded.Length - ContentStart);
        using var content = new DeflateStream(source, CompressionMode.Decompress);
        byte[] bytes = new byte[MostEncodedBytes];
        int length = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length < bytes.Length ? bytes[..length] : throw new FormatException($"It has {MostEncodedBytes} bytes or more.");
    }

    // HdrHistogram believes its header: a damaged range or precision makes it allocate memory without end.
    private static void CheckHeader(ReadOnlySpan<byte> content)
    {
        const int LengthAt = 4;
        const int DigitsAt = 12;
        const int LowestAt = 16;
        const int HighestAt = 24;
        const int HeaderBytes = 40;
        if (content.Length < HeaderBytes
            || (uint)BinaryPrimitives.ReadInt32BigEndian(content[LengthAt..]) > content.Length - HeaderBytes
            || BinaryPrimitives.ReadInt32BigEndian(content[DigitsAt..]) != Digits
            || BinaryPrimitives.ReadInt64BigEndian(content[LowestAt..]) != 1
            || BinaryPrimitives.ReadInt64BigEndian(content[HighestAt..]) != HighestNanoseconds)
        {
            throw new FormatException("It has another length, range, or precision than the histogram of a measurement.");
        }
    }

    private static TimeSpan ToTime(double nanoseconds) => TimeSpan.FromTicks((long)Math.Round(nanoseconds / TimeSpan.NanosecondsPerTick));
}
