using System.Text;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class ValueTests
{
    public static TheoryData<object, byte[]> Values => new()
    {
        { "ab", [97, 98, 0] },
        { "", [0] },
        { "é", [0xc3, 0xa9, 0] },
        { 'a', [97] },
        { new[] { "a", "b" }, [97, 0, 98, 0] },
        { (byte)1, [1] },
        { (sbyte)-1, [255] },
        { true, [1] },
        { (short)-2, [254, 255] },
        { (ushort)2, [2, 0] },
        { 1234, [0xd2, 4, 0, 0] },
        { 0x80000000u, [0, 0, 0, 0x80] },
        { -1L, [255, 255, 255, 255, 255, 255, 255, 255] },
        { 1UL, [1, 0, 0, 0, 0, 0, 0, 0] },
        { (Half)1, [0, 0x3c] },
        { 1f, [0, 0, 0x80, 0x3f] },
        { 1d, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f] },
        { new byte[] { 1, 2 }, [1, 2] },
        { new[] { 1, 2 }, [1, 0, 0, 0, 2, 0, 0, 0] },
        { new short[,] { { 1, 2 }, { 3, 4 } }, [1, 0, 2, 0, 3, 0, 4, 0] },
        { new object[] { (byte)1, "a", new object[] { (short)2 } }, [1, 97, 0, 2, 0] },
        { DayOfWeek.Saturday, [6, 0, 0, 0] },
        { Array.Empty<object>(), [] },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_becomes_the_bytes_a_C_program_would_see(object value, byte[] bytes)
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "The expected bytes are little-endian.");
        Assert.Equal(bytes, SharedMemoryValue.Encode([value], Encoding.UTF8, terminate: true).ToArray());
    }

    [Theory]
    [InlineData("utf-16", 1, 2)]
    [InlineData("utf-32", 1, 4)]
    [InlineData("utf-8", 1, 1)]
    public void The_terminator_has_the_width_of_the_encoding(string encoding, int characters, int width)
    {
        Assert.Equal((characters * width) + width, SharedMemoryValue.Encode(["a"], Encoding.GetEncoding(encoding), terminate: true).Length);
        Assert.Equal(characters * width, SharedMemoryValue.Encode(["a"], Encoding.GetEncoding(encoding), terminate: false).Length);
    }

    [Fact]
    public void One_byte_array_is_not_copied()
    {
        byte[] bytes = new byte[10];

        Assert.True(SharedMemoryValue.Encode([bytes], Encoding.UTF8, terminate: true).Equals(new ReadOnlyMemory<byte>(bytes)));
    }

    [Fact]
    public void A_type_without_a_form_in_memory_is_refused_by_its_name()
    {
        foreach (object? value in new object?[] { null, new object(), 1m, DateTime.UnixEpoch, new Dictionary<string, int>(), new object?[] { 1, null } })
        {
            Throws.Ipc(
                IpcErrorReason.SharedMemoryValueUnsupported,
                () => SharedMemoryValue.Encode([value], Encoding.UTF8, terminate: true),
                "has no form in memory");
        }

        Throws.Ipc(
            IpcErrorReason.SharedMemoryValueUnsupported,
            () => SharedMemoryValue.Encode([1m], Encoding.UTF8, terminate: true),
            "System.Decimal");
    }

    [Fact]
    public void A_list_that_contains_itself_is_refused()
    {
        object[] list = new object[2];
        list[0] = list[1] = list;

        Throws.Ipc(
            IpcErrorReason.SharedMemoryValueUnsupported,
            () => SharedMemoryValue.Encode([list], Encoding.UTF8, terminate: true),
            "contains itself");
    }

    [Fact]
    public void A_character_that_the_encoding_lacks_is_an_error_and_no_question_mark() =>
        Throws.Ipc(
            IpcErrorReason.SharedMemoryValueNotEncodable,
            () => SharedMemoryValue.Encode(["abé"], Encoding.ASCII, terminate: true),
            "index 2",
            "us-ascii");

    [Fact]
    public void A_lone_surrogate_is_no_text() =>
        Throws.Ipc(
            IpcErrorReason.SharedMemoryValueNotEncodable,
            () => SharedMemoryValue.Encode(["a\ud800"], Encoding.UTF8, terminate: true),
            "index 1");

    [Fact]
    public void A_destination_takes_what_it_has_room_for()
    {
        using var scope = new SharedMemoryScope();
        IpcAddress address = scope.NewName();
        SharedMemoryObject.Create(address, new() { Size = 16, Content = new byte[] { 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0 } });
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        int[] three = new int[3];
        int[] five = [9, 9, 9, 9, 9];

        SharedMemoryValue.ReadInto(view, 0, null, three);
        SharedMemoryValue.ReadInto(view, 4, 1, five);

        Assert.Equal([1, 2, 3], three);
        Assert.Equal([2, 9, 9, 9, 9], five);
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => SharedMemoryValue.ReadInto(view, view.Size - 16, null, five));
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => SharedMemoryValue.ReadInto(view, 0, 4, three));
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => SharedMemoryValue.ReadInto(view, 0, -1, three));
        Throws.Ipc(IpcErrorReason.SharedMemoryValueUnsupported, () => SharedMemoryValue.ReadInto(view, 0, null, new object[1]));
        Assert.Equal([2, 9, 9, 9, 9], five);
    }

    [Fact]
    public void Arrays_come_back_as_their_own_type()
    {
        using var scope = new SharedMemoryScope();
        IpcAddress address = scope.NewName();
        SharedMemoryObject.Create(address, new() { Size = 64, Content = new byte[] { 2, 0, 255, 1, 0, 0, 0, 0 } });
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        Assert.Equal(new[] { true, false, true, true }, SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Boolean, 0, 4));
        Assert.Equal(new short[] { 2, 511 }, SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Int16, 0, 2));
        Assert.Equal(new sbyte[] { -1 }, SharedMemoryValue.ReadArray(view, SharedMemoryDataType.SByte, 2, 1));
        Throws.Ipc(
            IpcErrorReason.SharedMemoryOutOfRange,
            () => SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Int64, 0, (view.Size / 8) + 1));
        Throws.Ipc(
            IpcErrorReason.SharedMemoryOutOfRange, () => SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Int64, 0, long.MaxValue));
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => SharedMemoryValue.ReadArray(view, SharedMemoryDataType.Int64, 0, -1));
    }

    [Theory]
    [InlineData(SharedMemoryDataType.Byte, 255.0, new byte[] { 255 })]
    [InlineData(SharedMemoryDataType.Int16, -2L, new byte[] { 254, 255 })]
    [InlineData(SharedMemoryDataType.UInt32, "0xFFFFFFFF", new byte[] { 255, 255, 255, 255 })]
    [InlineData(SharedMemoryDataType.Int64, (byte)1, new byte[] { 1, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(SharedMemoryDataType.Single, 1, new byte[] { 0, 0, 0x80, 0x3f })]
    [InlineData(SharedMemoryDataType.Boolean, 2, new byte[] { 1 })]
    [InlineData(SharedMemoryDataType.String, 1.5, new byte[] { (byte)'1', (byte)'.', (byte)'5', 0 })]
    [InlineData(SharedMemoryDataType.UInt16, new[] { 1, 2 }, new byte[] { 1, 0, 2, 0 })]
    public void Encode_with_a_type_stores_every_value_as_it(SharedMemoryDataType type, object value, byte[] bytes)
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "The expected bytes are little-endian.");
        Assert.Equal(bytes, SharedMemoryValue.Encode([value], Encoding.UTF8, terminate: true, type).ToArray());
    }

    [Theory]
    [InlineData(SharedMemoryDataType.Byte, 256, IpcErrorReason.SharedMemoryValueOutOfRange)]
    [InlineData(SharedMemoryDataType.UInt64, -1, IpcErrorReason.SharedMemoryValueOutOfRange)]
    [InlineData(SharedMemoryDataType.Int32, 2147483648.0, IpcErrorReason.SharedMemoryValueOutOfRange)]
    [InlineData(SharedMemoryDataType.Single, 1e300, IpcErrorReason.SharedMemoryValueOutOfRange)]
    [InlineData(SharedMemoryDataType.Int32, 0.5, IpcErrorReason.SharedMemoryValueUnsupported)]
    [InlineData(SharedMemoryDataType.Int32, double.NaN, IpcErrorReason.SharedMemoryValueUnsupported)]
    [InlineData(SharedMemoryDataType.Int32, "text", IpcErrorReason.SharedMemoryValueUnsupported)]
    [InlineData(SharedMemoryDataType.Int32, null, IpcErrorReason.SharedMemoryValueUnsupported)]
    public void Encode_with_a_type_that_cannot_hold_the_value_fails(SharedMemoryDataType type, object? value, IpcErrorReason reason) =>
        Throws.Ipc(reason, () => SharedMemoryValue.Encode([value], Encoding.UTF8, terminate: true, type), type.ToString());
}
