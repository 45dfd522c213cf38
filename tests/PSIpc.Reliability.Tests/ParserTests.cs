using System.Diagnostics;
using System.Globalization;
using CsCheck;
using PSIpc.Echo.Load;
using PSIpc.Echo.Server;
using PSIpc.Layout;
using PSIpc.Objects;
using PSIpc.Signals;
using PSIpc.Sockets;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>Whatever text comes, every parser gives what it means or an error of its own, in bounded time.</summary>
public sealed class ParserTests
{
    private const int CasesPerTurn = 1000;
    private const int HistogramsPerTurn = 10;
    private const int Brief = 10;
    private const int Full = 100;
    private const double Share = 0.15 / 8;

    private static readonly TimeSpan LongestParse = TimeSpan.FromSeconds(10);

    // Any characters, surrogates and control characters too, and texts near to what the parsers want.
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char["0123456789abcdefxX+-,:;.*/\\ \0\n[](){}ftokSIG~é한"], 0, 40],
        Gen.Int.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.Int.Select(number => $"0x{number:x}"),
        Gen.Select(Gen.String[0, 20], Gen.Int[-2, 300], (path, project) => $"ftok:/{path},{project}"));

    private static readonly Gen<string> Declaration = Gen.String[Gen.Char["{}[]();:,*#=+-/%~<>&|^\\\"'\n\0 0123xé"], 0, 3]
        .Select(Gen.OneOf([.. DeclarationGenerator.Types, "struct", "union", "typedef", "enum", "sizeof(", "_Alignas(", "#pragma pack(",
            "x", "y[3]", ";", "}", "{", "};"]), static (noise, word) => $"{word} {noise}")
        .Array[0, 60].Select(static words => string.Concat(words));

    [Fact]
    public Task Keys() => Check("keys", Text, text =>
    {
        if (Ends(() => SystemVKey.Parse(text), IpcErrorReason.SharedMemoryKeyInvalid, IpcErrorReason.SharedMemoryKeyPathNotFound))
        {
            int key = SystemVKey.Parse(text);
            Assert.NotEqual(0, key);
            Assert.Equal(key, SystemVKey.Parse(SystemVKey.Format(key)));
            Assert.Equal(key, SystemVKey.Parse(key.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal(key, SystemVKey.Parse(((uint)key).ToString(CultureInfo.InvariantCulture)));
        }
    });

    [Fact]
    public Task Modes() => Check("modes", Gen.OneOf(Text, Gen.Int[0, 0b1_000_000_000].Select(mode => Convert.ToString(mode, 8))), text =>
    {
        if (Ends(() => UnixMode.Parse(text), IpcErrorReason.SharedMemoryModeInvalid))
        {
            Assert.Equal(Convert.ToInt32(text, 8), (int)UnixMode.Parse(text));
            Assert.Equal(9, UnixMode.Format(UnixMode.Parse(text)).Length);
        }
    });

    [Fact]
    public Task Names() => Check("names", Gen.Select(Text, Text), pair =>
    {
        (string one, string other) = pair;
        if (Ends(() => IpcAddress.FromName(one), IpcErrorReason.SharedMemoryNameInvalid)
            && Ends(() => IpcAddress.FromName(other), IpcErrorReason.SharedMemoryNameInvalid))
        {
            // The same bytes to the kernel are the same name, and no others.
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(one);
            Assert.InRange(bytes.Length, 1, 255);
            Assert.DoesNotContain((byte)'/', bytes);
            Assert.DoesNotContain((byte)0, bytes);
            Assert.Equal(one == other, bytes.AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(other)));
        }
    });

    [Fact]
    public Task Endpoints() => Check("endpoints", Gen.Select(Text, Gen.OneOf(Gen.Int, Gen.Int[-1, 65536])), given =>
    {
        (string text, int port) = given;
        Ends(() => SocketEndpoint.Tcp(text, port), IpcErrorReason.EchoAddressInvalid, IpcErrorReason.EchoPortInvalid);
        Ends(() => SocketEndpoint.Unix(text), IpcErrorReason.EchoPathInvalid);
        Ends(() => SocketEndpoint.Pipe(text), IpcErrorReason.EchoPipeNameInvalid);
    });

    [Fact]
    public Task Signals() => Check("signals", Text, text => Ends(() => SignalNames.Parse(text), IpcErrorReason.ProcessSignalInvalid));

    [Fact]
    public Task Layouts() => Check("layouts", Gen.OneOf(Declaration, Text), text =>
    {
        try
        {
            Bounded(() => MemoryLayout.Parse(text));
        }
        catch (IpcException exception)
        {
            Assert.StartsWith("Layout", exception.Reason.ToString(), StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task Histograms()
    {
        using var server = EchoServer.Start(new() { Endpoint = SocketEndpoint.Tcp("127.0.0.1", 0) });
        EchoMeasurement measured = EchoLoad.Run(server.GetEndpoint(), new() { Count = 100 });
        byte[] whole = Convert.FromBase64String(measured.Histogram);

        // Some bytes of a good one changed, cut off or put in.
        Gen<string> damaged = Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length], Gen.Bool).Array[1, 4]
            .Select(damages =>
        {
            byte[] bytes = [.. whole];
            foreach ((int at, byte value, int length, bool cut) in damages)
            {
                bytes = cut && length < bytes.Length ? bytes[..length] : bytes;
                if (at < bytes.Length)
                {
                    bytes[at] = value;
                }
            }

            return Convert.ToBase64String(bytes);
        });
        return Check("histograms", Gen.OneOf(damaged, Text), text =>
        {
            Ends(() => EchoMeasurement.ReadHistogram(text), IpcErrorReason.EchoMeasurementInvalid);
            Ends(
                () => EchoMeasurement.Merge([new() { Histogram = text, Periods = measured.Periods }, measured]),
                IpcErrorReason.EchoMeasurementInvalid);
            Ends(
                () => EchoMeasurement.Merge([new() { Histogram = measured.Histogram, Periods = [text] }]),
                IpcErrorReason.EchoMeasurementInvalid);
        }, HistogramsPerTurn);
    }

    [Fact]
    public Task Faults()
    {
        Gen<int?> number = Gen.OneOf(Gen.Int, Gen.Int[-2, 3]).Nullable();
        Gen<long?> offset = Gen.OneOf(Gen.Long, Gen.Long[-2, 3]).Nullable();
        return Check("faults", Gen.Select(number, number, offset, offset, offset, number), given =>
        {
            var fault = new EchoFault
            {
                DelayMilliseconds = given.Item1,
                ChunkBytes = given.Item2,
                CorruptByte = given.Item3,
                ResetAfterBytes = given.Item4,
                StallAfterBytes = given.Item5,
                RefuseEvery = given.Item6,
            };
            bool valid = fault is
            {
                DelayMilliseconds: null or (>= 0 and <= EchoFault.MaxDelayMilliseconds), ChunkBytes: null or >= 1,
                CorruptByte: null or >= 0,
                ResetAfterBytes: null or >= 0, StallAfterBytes: null or >= 0, RefuseEvery: null or >= 1,
            };

            // An address that nobody has, so that what is valid starts no server either.
            IpcErrorReason reason = Assert.Throws<IpcException>(
                () => EchoServer.Start(new() { Endpoint = SocketEndpoint.Tcp("192.0.2.1", 9), Fault = fault })).Reason;
            Assert.Equal(valid ? IpcErrorReason.EchoAddressUnavailable : IpcErrorReason.EchoFaultInvalid, reason);
        });
    }

    private static async Task Check<T>(string what, Gen<T> gen, Action<T> property, int cases = CasesPerTurn)
    {
        int turns = await Soak.Repeat(Brief, Full, Share, _ =>
        {
            gen.Sample(property, iter: cases, threads: 1);
            return Task.CompletedTask;
        });
        Soak.Report($"{turns * cases} cases of {what}");
    }

    // True where the text meant something; an error must be one of these, without a part of the program's inside in it.
    private static bool Ends(Action parse, params IpcErrorReason[] reasons)
    {
        try
        {
            Bounded(parse);
            return true;
        }
        catch (IpcException exception)
        {
            Assert.Contains(exception.Reason, reasons);
            Assert.NotEmpty(exception.Message);
            return false;
        }
    }

    private static void Bounded(Action parse)
    {
        long begun = Stopwatch.GetTimestamp();
        try
        {
            parse();
        }
        finally
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < LongestParse, "The parser took its time.");
        }
    }
}
