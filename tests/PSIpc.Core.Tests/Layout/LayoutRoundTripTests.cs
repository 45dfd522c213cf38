using System.Collections;
using System.Collections.Specialized;
using System.Text;
using PSIpc.Layout;
using PSIpc.Layout.Records;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>What is written is what is read, for any layout and any value.</summary>
public sealed class LayoutRoundTripTests
{
    private const int Seed = 4711;
    private const int LayoutCount = 300;
    private const int ValuesPerLayout = 4;

    private readonly Random _random = new(Seed);

    [Fact]
    public void A_random_value_is_read_as_it_was_written_and_a_record_can_be_written_back()
    {
        var generator = new DeclarationGenerator(Seed);
        for (int i = 0; i < LayoutCount; i++)
        {
            Declaration declaration = generator.Next(i);
            MemoryLayout layout = MemoryLayout.Parse(declaration.Text);
            for (int k = 0; k < ValuesPerLayout; k++)
            {
                RoundTrip(layout, declaration.Text);
            }
        }
    }

    private void RoundTrip(MemoryLayout layout, string declaration)
    {
        OrderedDictionary values = Values(layout);
        byte[] bytes = new byte[layout.Size];
        byte[] copy = new byte[layout.Size];
        _random.NextBytes(bytes);

        new RecordWriter(layout).Write(values, bytes);
        MemoryRecord record = RecordType.Of(layout).Read(bytes);
        AssertSame(values, record, declaration);

        new RecordWriter(layout).Write(record, copy);
        AssertSame(values, RecordType.Of(layout).Read(copy), declaration);
    }

    // Of the members of a union, the first: the others have the same bytes.
    private static IEnumerable<LayoutField> Apart(MemoryLayout layout)
    {
        int end = 0;
        foreach (LayoutField field in layout.Fields)
        {
            if (field.Offset >= end)
            {
                yield return field;
                end = field.Offset + field.Size;
            }
        }
    }

    private OrderedDictionary Values(MemoryLayout layout)
    {
        var values = new OrderedDictionary();
        foreach (LayoutField field in Apart(layout))
        {
            values.Add(_random.Next(5) == 0 ? field.Name.ToUpperInvariant() : field.Name, Value(field, 0));
        }

        return values;
    }

    private object Value(LayoutField field, int dimension) =>
        dimension < field.Dimensions.Length && !(field.Kind == LayoutFieldKind.Char && dimension == field.Dimensions.Length - 1)
            ? Enumerable.Range(0, field.Dimensions[dimension]).Select(_ => Value(field, dimension + 1)).ToArray()
        : field.Kind switch
        {
            LayoutFieldKind.Char when field.Dimensions.Length > 0 => Text(field.Dimensions[^1]),
            LayoutFieldKind.Structure => Values(field.Layout!),
            LayoutFieldKind.SByte => (sbyte)_random.Next(),
            LayoutFieldKind.Byte => (byte)_random.Next(),
            LayoutFieldKind.Int16 => (short)_random.Next(),
            LayoutFieldKind.UInt16 => (ushort)_random.Next(),
            LayoutFieldKind.Int32 => (int)_random.NextInt64(),
            LayoutFieldKind.UInt32 => (uint)_random.NextInt64(),
            LayoutFieldKind.Int64 => _random.NextInt64(long.MinValue, long.MaxValue),
            LayoutFieldKind.UInt64 => (ulong)_random.NextInt64(long.MinValue, long.MaxValue),
            LayoutFieldKind.Single => (float)Real(),
            LayoutFieldKind.Double => Real(),
            LayoutFieldKind.Boolean => _random.Next(2) == 0,
            _ => (char)_random.Next(256),
        };

    private double Real() => _random.Next(6) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => -0.0,
        _ => (_random.NextDouble() - 0.5) * 1e30,
    };

    private string Text(int room)
    {
        var text = new StringBuilder();
        while (room > 0 && _random.Next(12) != 0)
        {
            string letter = _random.Next(8) switch { 0 => "é", 1 => "한", 2 => "🙂", _ => ((char)_random.Next(1, 128)).ToString() };
            room -= Encoding.UTF8.GetByteCount(letter);
            text.Append(room >= 0 ? letter : "");
        }

        return text.ToString();
    }

    private static void AssertSame(object? expected, object? actual, string declaration)
    {
        switch (expected)
        {
            case IDictionary fields:
                foreach (DictionaryEntry field in fields)
                {
                    AssertSame(
                        field.Value, actual!.GetType().GetProperty(((string)field.Key).ToLowerInvariant())!.GetValue(actual), declaration);
                }

                break;
            case object[] items:
                var list = (IList)actual!;
                Assert.Equal(items.Length, list.Count);
                for (int i = 0; i < items.Length; i++)
                {
                    AssertSame(items[i], list[i], declaration);
                }

                break;
            default:
                Assert.True(Equals(expected, actual), $"'{expected}' was written and '{actual}' read:\n{declaration}");
                break;
        }
    }
}
