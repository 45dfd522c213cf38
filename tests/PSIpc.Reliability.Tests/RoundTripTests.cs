using System.Text;
using CsCheck;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>What is written is what is read, for every type, encoding and layout, and no byte beside it changes.</summary>
public sealed class RoundTripTests : IDisposable
{
    private const int Size = 16_384;
    private const int CasesPerTurn = 1000;
    private const int Brief = 10;
    private const int Full = 100;
    private const double Share = 0.1 / 7;

    private readonly SharedMemoryScope _scope = new();

    public RoundTripTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "System V and POSIX shared memory as on Linux.");

    public static TheoryData<IpcKind> Kinds => [IpcKind.SystemV, IpcKind.Posix];

    // Every encoding that .NET has, of one byte and of many, with states and without.
    private static Encoding[] Encodings { get; } = FindEncodings();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Values_of_every_type(IpcKind kind)
    {
        SharedMemoryView view = NewView(kind);
        Gen<(SharedMemoryDataType, Array)> values = Gen.OneOf(
            Values(Gen.SByte, SharedMemoryDataType.SByte),
            Values(Gen.Byte, SharedMemoryDataType.Byte),
            Values(Gen.Byte, SharedMemoryDataType.Bytes),
            Values(Gen.Short, SharedMemoryDataType.Int16),
            Values(Gen.UShort, SharedMemoryDataType.UInt16),
            Values(Gen.Int, SharedMemoryDataType.Int32),
            Values(Gen.UInt, SharedMemoryDataType.UInt32),
            Values(Gen.Long, SharedMemoryDataType.Int64),
            Values(Gen.ULong, SharedMemoryDataType.UInt64),
            Values(Gen.UShort.Select(bits => BitConverter.UInt16BitsToHalf(bits)), SharedMemoryDataType.Half),
            Values(Gen.UInt.Select(bits => BitConverter.UInt32BitsToSingle(bits)), SharedMemoryDataType.Single),
            Values(Gen.ULong.Select(bits => BitConverter.UInt64BitsToDouble(bits)), SharedMemoryDataType.Double),
            Values(Gen.Bool, SharedMemoryDataType.Boolean));
        return Check(view, $"values in {kind}", Gen.Select(values, Gen.Int[0, Size - 2048], Gen.Bool), (given, model) =>
        {
            ((SharedMemoryDataType type, Array array), int offset, bool boxed) = given;
            object value = boxed ? array.Cast<object?>().ToArray() : array;

            byte[] bytes = SharedMemoryValue.Encode([value], Encoding.UTF8, terminate: true).ToArray();
            view.Write(offset, bytes);
            bytes.CopyTo(model, offset);

            // By their bits: no number is equal to not-a-number.
            Array read = SharedMemoryValue.ReadArray(view, type, offset, array.Length);
            Assert.Equal(array.GetType(), read.GetType());
            Assert.Equal(SharedMemoryValue.Encode([array], Encoding.UTF8, terminate: true).ToArray(),
                SharedMemoryValue.Encode([read], Encoding.UTF8, terminate: true).ToArray());
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Text_in_every_encoding(IpcKind kind)
    {
        SharedMemoryView view = NewView(kind);
        Gen<string> text = Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 600], Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 300],
            Gen.String[Gen.Char["aé한글漢字Жשع€ÿ"], 0, 300]);
        return Check(view, $"texts in {kind}", Gen.Select(text, Gen.OneOf(Encodings), Gen.Int[0, Size - 4096]), (given, model) =>
        {
            (string value, Encoding encoding, int offset) = given;
            ReadOnlyMemory<byte> bytes;
            try
            {
                bytes = SharedMemoryValue.Encode([value], encoding, terminate: true);
            }
            catch (IpcException exception) when (exception.Reason == IpcErrorReason.SharedMemoryValueNotEncodable)
            {
                return;
            }

            view.Write(offset, bytes.Span);
            bytes.Span.CopyTo(model.AsSpan(offset));
            string read = view.ReadText(offset, null, encoding);

            // What .NET itself does not bring back from its own bytes, nobody can.
            string expected = encoding.GetString(encoding.GetBytes(value));
            Assert.True(expected == read, $"{encoding.WebName}: '{value}' came back as '{read}'.");
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Ranges(IpcKind kind)
    {
        SharedMemoryView view = NewView(kind);
        return Check(
            view, $"ranges in {kind}", Gen.Select(Gen.OneOf(Gen.Long, Gen.Long[-2, Size + 2]), Gen.Byte.Array[0, 300]), (given, model) =>
        {
            (long offset, byte[] bytes) = given;
            if (offset >= 0 && offset <= Size - bytes.Length)
            {
                view.Write(offset, bytes);
                bytes.CopyTo(model, offset);
                byte[] read = new byte[bytes.Length];
                view.Read(offset, read);
                Assert.Equal(bytes, read);
            }
            else
            {
                Assert.Throws<IpcException>(() => view.Write(offset, bytes));
                Assert.Throws<IpcException>(() => view.Read(offset, new byte[bytes.Length]));
            }
        });
    }

    [Fact]
    public Task Records_of_random_layouts()
    {
        // Not a new layout each time: each has a type of its own, which lives as long as the process.
        const int LayoutCount = 200;
        var generator = new DeclarationGenerator(Soak.Seed);
        (MemoryLayout Layout, string Text)[] layouts = [.. Enumerable.Range(0, LayoutCount)
            .Select(index => generator.Next(index).Text).Select(text => (MemoryLayout.Parse(text), text))
                .Where(pair => pair.Item1.Size <= Size)];
        SharedMemoryView view = NewView(IpcKind.Posix);
        return Check(view, "records", Gen.Select(Gen.OneOf(layouts), Gen.Int), (given, model) =>
        {
            ((MemoryLayout layout, string text), int seed) = given;
            byte[] bytes = new byte[layout.Size];
            new Random(seed).NextBytes(bytes);

            // Read, written and read again: in Latin-1 every byte is a character.
            MemoryRecord first = RecordType.Of(layout).Read(bytes, Encoding.Latin1);
            byte[] one = new byte[layout.Size];
            new RecordWriter(layout, Encoding.Latin1).Write(first, one);
            view.Write(0, one);
            one.CopyTo(model, 0);
            MemoryRecord second = view.ReadRecords(layout, 0, 1, Encoding.Latin1).Single();
            byte[] other = new byte[layout.Size];
            new RecordWriter(layout, Encoding.Latin1).Write(second, other);
            Assert.True(one.AsSpan().SequenceEqual(other), $"A record came back as another:\n{text}");
        });
    }

    private static Gen<(SharedMemoryDataType, Array)> Values<T>(Gen<T> gen, SharedMemoryDataType type) =>
        gen.Array[0, 200].Select(array => (type, (Array)array));

    private static Encoding[] FindEncodings()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return [.. CodePagesEncodingProvider.Instance.GetEncodings().Concat(Encoding.GetEncodings())
            .Select(info => info.CodePage).Distinct().Where(page => page != 65000).Select(Encoding.GetEncoding)];
    }

    private SharedMemoryView NewView(IpcKind kind)
    {
        IpcAddress address = _scope.New(kind);
        SharedMemoryObject.Create(address, new() { Size = Size });
        return SharedMemoryObject.Open(address);
    }

    // The model is what the memory must be, byte for byte, after every turn.
    private static async Task Check<T>(SharedMemoryView view, string what, Gen<T> gen, Action<T, byte[]> property)
    {
        using (view)
        {
            byte[] model = new byte[Size];
            int turns = await Soak.Repeat(Brief, Full, Share, _ =>
            {
                gen.Sample(given => property(given, model), iter: CasesPerTurn, threads: 1);
                byte[] memory = new byte[Size];
                view.Read(0, memory);
                Assert.True(model.AsSpan().SequenceEqual(memory), "A byte outside of what was written changed.");
                return Task.CompletedTask;
            });
            Soak.Report($"{turns * CasesPerTurn} {what}");
        }
    }
}
