using System.Buffers.Binary;
using System.IO.Compression;
using PSIpc.Commands;
using PSIpc.Echo.Load;
using PSIpc.Sockets;
using Xunit;

namespace PSIpc.Core.Tests.Echo;

public sealed class EchoMeasurementTests
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Merged_percentiles_are_those_of_all_exchanges_together()
    {
        // 900 of 1 ms and 100 of 2 ms beside 1,000 of 9 ms: the average of the medians would be 5 ms.
        EchoMeasurement one = Measured([.. Enumerable.Repeat(1.0, 900), .. Enumerable.Repeat(2.0, 100)], Noon, 10);
        EchoMeasurement other = Measured([.. Enumerable.Repeat(9.0, 1000)], Noon, 10);

        EchoMeasurement merged = EchoMeasurement.Merge([one, other]);

        Assert.Equal(2000, merged.Exchanges);
        Assert.Equal(2000L * 64, merged.Bytes);
        Near(1, merged.Min);
        Near(2, merged.P50);
        Near(9, merged.P90);
        Near(9, merged.Max);
        Near(5.05, merged.Mean);
    }

    [Fact]
    public void Merging_is_the_same_in_any_order_and_grouping()
    {
        EchoMeasurement a = Measured([1, 2, 3], Noon, 10, host: "a");
        EchoMeasurement b = Measured([4, 5], Noon.AddSeconds(5), 10, host: "b");
        EchoMeasurement c = Measured([6], Noon.AddSeconds(60), 10, host: "a");

        EchoMeasurement flat = EchoMeasurement.Merge([a, b, c]);
        EchoMeasurement nested = EchoMeasurement.Merge([EchoMeasurement.Merge([c, b]), a]);

        Assert.Equivalent(flat, nested, strict: true);
        Assert.Equal("a, b", flat.Host);
        Assert.Equal(flat.Histogram, nested.Histogram);
    }

    [Fact]
    public void Runs_side_by_side_share_their_time_and_runs_in_turn_add_it_up()
    {
        EchoMeasurement first = Measured([1, 1, 1, 1], Noon, 10);

        EchoMeasurement parallel = EchoMeasurement.Merge([first, Measured([1, 1, 1, 1], Noon.AddSeconds(5), 10)]);
        EchoMeasurement serial = EchoMeasurement.Merge([first, Measured([1, 1, 1, 1], Noon.AddSeconds(100), 10)]);

        Assert.Equal((15, 20), (parallel.Duration.TotalSeconds, serial.Duration.TotalSeconds));
        Assert.Equal((8 / 15.0, 8 / 20.0), (parallel.Rate, serial.Rate));
        Assert.Equal(8 * 64 / 20.0, serial.Throughput);
        Assert.Equal(Noon.ToLocalTime(), serial.StartTime);
    }

    [Fact]
    public void Errors_are_added_by_kind()
    {
        EchoMeasurement one = Measured([1], Noon, 1, errors: new() { ["EchoReplyTimeout"] = 2, ["EchoReplyMismatch"] = 1 });
        EchoMeasurement other = Measured([1], Noon, 1, errors: new() { ["EchoReplyTimeout"] = 3 });

        EchoMeasurement merged = EchoMeasurement.Merge([one, other]);

        Assert.Equal(new Dictionary<string, long> { ["EchoReplyTimeout"] = 5, ["EchoReplyMismatch"] = 1 }, merged.Errors);
        Assert.Equal(6, merged.ErrorCount);
    }

    [Fact]
    public void What_survives_as_properties_can_be_merged()
    {
        // As a measurement comes back from another process: nothing but its public properties.
        EchoMeasurement original = Measured([1, 2, 3], Noon, 10);
        string json = System.Text.Json.JsonSerializer.Serialize(original);
        EchoMeasurement copy = System.Text.Json.JsonSerializer.Deserialize<EchoMeasurement>(json)!;

        Assert.Equivalent(EchoMeasurement.Merge([original]), EchoMeasurement.Merge([copy]), strict: true);
    }

    [Fact]
    public void Merging_nothing_is_an_error()
    {
        Fails();
        Fails(null!);
    }

    [Fact]
    public void Merging_what_does_not_belong_together_is_an_error()
    {
        EchoMeasurement good = Measured([1], Noon, 1);

        Fails(good, Measured([1], Noon, 1, messageBytes: 65));
        Fails(good, Measured([1], Noon, 1, transport: SocketTransport.Udp));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense!")]
    [InlineData("AAAA")]
    [InlineData("SEVMTE8gV09STEQgSEVMTE8gV09STEQ=")]
    [InlineData(null)]
    public void A_histogram_that_is_none_is_an_error(string? histogram)
    {
        Fails(With(histogram!));
        Assert.Empty(EchoHistogramText.Render(histogram, 80, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(4, int.MaxValue, 0)]
    [InlineData(4, -1, 0)]
    [InlineData(12, 5, 0)]
    [InlineData(16, 0, 0)]
    [InlineData(24, int.MaxValue, -1)]
    [InlineData(24, -1, -1)]
    public void A_histogram_with_a_damaged_header_is_an_error_and_takes_no_memory(int at, int high, int low)
    {
        EchoMeasurement good = Measured([1], Noon, 1);
        byte[] encoded = Convert.FromBase64String(good.Histogram);
        using var content = new MemoryStream();
        using (var inflate = new DeflateStream(new MemoryStream(encoded, 10, encoded.Length - 10), CompressionMode.Decompress))
        {
            inflate.CopyTo(content);
        }

        byte[] bytes = content.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), high);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at + 4), low);
        using var damaged = new MemoryStream();
        damaged.Write(encoded, 0, 10);
        using (var deflate = new DeflateStream(damaged, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(bytes);
        }

        byte[] whole = damaged.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(4), whole.Length - 8);
        string histogram = Convert.ToBase64String(whole);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Throws.Ipc(IpcErrorReason.EchoMeasurementInvalid, () => EchoMeasurement.ReadHistogram(histogram));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void A_histogram_cut_short_is_an_error()
    {
        EchoMeasurement bad = Measured([.. Enumerable.Range(1, 500).Select(i => (double)i)], Noon, 1);
        for (int length = 4; length < bad.Histogram.Length - 12; length += 4)
        {
            Fails(With(bad.Histogram[..length]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-02/2026-01-03")]
    [InlineData("2026-01-02T12:00:00.0000000Z/2026-01-02T11:00:00.0000000Z")]
    public void A_period_that_is_none_is_an_error(string period) =>
        Fails(new EchoMeasurement { Histogram = Measured([1], Noon, 1).Histogram, Periods = [period] });

    [Fact]
    public void A_half_filled_measurement_is_an_error_and_no_crash() =>
        Fails(new EchoMeasurement { Errors = null!, Periods = null!, Endpoint = null!, Host = null! });

    [Fact]
    public void Another_programs_histogram_of_another_range_is_an_error()
    {
        var foreign = new HdrHistogram.LongHistogram(1000, 2);
        foreign.RecordValue(5);
        var buffer = HdrHistogram.Utilities.ByteBuffer.Allocate(foreign.GetNeededByteBufferCapacity());
        int length = HdrHistogram.HistogramEncoding.EncodeIntoCompressedByteBuffer(foreign, buffer);
        buffer.Position = 0;
        byte[] bytes = [.. Enumerable.Range(0, length).Select(_ => buffer.Get())];

        Fails(With(Convert.ToBase64String(bytes)));
    }

    [Fact]
    public void A_histogram_keeps_three_digits_from_nanoseconds_to_half_an_hour()
    {
        foreach (double milliseconds in (double[])[0.0005, 0.0261, 1.23, 45.6, 9999, 1_800_000])
        {
            EchoMeasurement one = EchoMeasurement.Merge([Measured([milliseconds], Noon, 1)]);

            Near(milliseconds, one.P50);
            Near(milliseconds, one.Max);
            Near(milliseconds, one.Min);
        }
    }

    [Fact]
    public void A_latency_over_half_an_hour_counts_as_half_an_hour()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(long.MaxValue);

        Assert.Equal(30, Math.Round(histogram.Max.TotalMinutes, 1));
    }

    private static void Near(double milliseconds, TimeSpan actual) =>
        Assert.InRange(actual.TotalMilliseconds, milliseconds * 0.998, milliseconds * 1.002);

    private static void Fails(params EchoMeasurement[] measurements)
    {
        IpcException error = Assert.Throws<IpcException>(() => EchoMeasurement.Merge(measurements ?? [null!]));
        Assert.Equal(IpcErrorReason.EchoMeasurementInvalid, error.Reason);
    }

    private static EchoMeasurement With(string histogram) =>
        new() { Histogram = histogram, Periods = Measured([1], Noon, 1).Periods };

    private static EchoMeasurement Measured(
        double[] milliseconds,
        DateTime start,
        double seconds,
        string host = "here",
        int messageBytes = 64,
        SocketTransport transport = SocketTransport.Tcp,
        Dictionary<string, long>? errors = null,
        long unfinished = 0)
    {
        var histogram = new LatencyHistogram();
        foreach (double latency in milliseconds)
        {
            histogram.Record((long)(latency * 1e6));
        }

        var period = new BusyPeriod(start, start.AddSeconds(seconds));
        return EchoMeasurement.Create(
            histogram, "tcp://127.0.0.1:7", transport.ToString(), host, [period], 1, messageBytes, errors ?? [], unfinished);
    }
}
