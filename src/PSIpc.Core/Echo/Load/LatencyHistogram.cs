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

    /// <exception cref="IpcException">The text isn't a histogram, or one of another range or precision.</exception>
    internal static LatencyHistogram Decode(string? encoded)
    {
        HistogramBase counts;
        try
        {
            byte[] bytes = Convert.FromBase64String(encoded ?? string.Empty);
            counts = bytes.Length is > 8 and <= MostEncodedBytes
                ? HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(bytes), 0)
                : throw new FormatException($"It has {bytes.Length} bytes.");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new IpcException(
                IpcErrorReason.EchoMeasurementInvalid, $"The histogram of a measurement cannot be read: {exception.Message}", 0, exception);
        }

        return (counts.HighestTrackableValue, counts.NumberOfSignificantValueDigits) == (HighestNanoseconds, Digits)
            ? new LatencyHistogram(counts)
            : throw new IpcException(
                IpcErrorReason.EchoMeasurementInvalid,
                $"A histogram up to {counts.HighestTrackableValue} with {counts.NumberOfSignificantValueDigits} digits "
                + "is none of a measurement's.");
    }

    private static TimeSpan ToTime(double nanoseconds) => TimeSpan.FromTicks((long)Math.Round(nanoseconds / TimeSpan.NanosecondsPerTick));
}
