using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using Xunit;

#pragma warning disable CS0649 // These structs are there for their layout.

namespace PSIpc.Core.Tests;

public sealed unsafe class LayoutTypeTests
{
    private enum Colour : ushort
    {
        Red = 7,
    }

    [Fact]
    public void A_struct_lies_as_the_runtime_has_it()
    {
        Assert.Equal("Id@0:4 Value@8:8 =16/8", Describe<Plain>());
        Assert.Equal("Flag@0:1 Id@1:4 Value@5:8 =13/1", Describe<Packed>());
        Assert.Equal("Whole@0:8 Low@0:4 High@4:4 =16/8", Describe<Overlapping>());
        Assert.Equal("Colour@0:2 Point@8:16 Bytes@24:12 Cells@36:12 Handle@48:8 =56/8", Describe<Rich>());
        Assert.Equal("First@0:1 Second@8:8 =16/8", Describe<Pair<byte, long>>());
        Assert.Equal("Name@0:4 =4/4", Describe<WithProperty>());
    }

    [Fact]
    public void A_struct_is_written_whole_and_read_as_a_record()
    {
        MemoryLayout layout = MemoryLayout.FromType(typeof(Rich));
        var value = new Rich { Colour = Colour.Red, Point = new() { Id = -1, Value = 2.5 }, Handle = 9 };
        value.Bytes[11] = 255;
        value.Cells[2] = 77;
        byte[] bytes = new byte[layout.Size];

        new RecordWriter(layout).Write(value, bytes);

        Assert.Equal(value.Handle, MemoryMarshal.Read<Rich>(bytes).Handle);
        Assert.Equal(
            "@{Colour=7; Point=@{Id=-1; Value=2.5}; Bytes={0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255}; Cells={0, 0, 77}; Handle=9}",
            RecordType.Of(layout).Read(bytes).ToString());
    }

    [Fact]
    public void A_field_that_is_not_blittable_is_named()
    {
        Refused<WithBool>("'Yes'", "WithBool", "System.Boolean", "a byte");
        Refused<WithChar>("'Letter'", "System.Char");
        Refused<WithText>("'Text'", "System.String");
        Refused<WithArray>("'Items'", "System.Int32[]");
        Refused<WithPointer>("'Next'", "nuint");
        Refused<WithDate>("'When'", "System.DateTime");
        Refused<WithDecimal>("'Price'", "System.Decimal");
        Refused<Outer>("'Text'", "WithText");
        Refused<Automatic>("Sequential");
        Refused<Three>("no struct");
        Refused<string>("no struct");
        Refused<int>("no struct");
        Refused<Colour>("no struct");
        Throws.Ipc(IpcErrorReason.LayoutTypeUnsupported, () => MemoryLayout.FromType(typeof(Pair<,>)), "no struct");
    }

    [Fact]
    public void A_struct_of_too_many_values_is_refused() =>
        Throws.Ipc(
            IpcErrorReason.LayoutTooLarge, () => MemoryLayout.FromType(typeof(Crowd)), "'Cells'", "Crowd", "1200000 values", "1048576");

    private static string Describe<T>() => LayoutParserTests.Describe(MemoryLayout.FromType(typeof(T)));

    private static void Refused<T>(params string[] words) =>
        Throws.Ipc(IpcErrorReason.LayoutTypeUnsupported, () => MemoryLayout.FromType(typeof(T)), words);

    private struct Plain
    {
        public int Id;
        public double Value;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Packed
    {
        public byte Flag;
        public int Id;
        public double Value;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct Overlapping
    {
        [FieldOffset(0)]
        public long Whole;

        [FieldOffset(0)]
        public int Low;

        [FieldOffset(4)]
        public int High;
    }

    [InlineArray(3)]
    private struct Three
    {
        private int _first;
    }

    private struct Cell
    {
        public byte Value;
    }

    [InlineArray(600_000)]
    private struct Cells
    {
        private Cell _first;
    }

    private struct Crowd
    {
        public Cells Cells;
    }

    private struct Rich
    {
        public Colour Colour;
        public Plain Point;
        public fixed byte Bytes[12];
        public Three Cells;
        public nint Handle;
    }

    private struct Pair<TFirst, TSecond>
    {
        public TFirst First;
        public TSecond Second;
    }

    private struct WithProperty
    {
        public int Name { get; set; }
    }

    private struct WithBool
    {
        public bool Yes;
    }

    private struct WithChar
    {
        public char Letter;
    }

    private struct WithText
    {
        public string Text;
    }

    private struct WithArray
    {
        public int[] Items;
    }

    private struct WithPointer
    {
        public void* Next;
    }

    private struct WithDate
    {
        public DateTime When;
    }

    private struct WithDecimal
    {
        public decimal Price;
    }

    private struct Outer
    {
        public WithText Inner;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Automatic
    {
        public int Id;
    }
}
