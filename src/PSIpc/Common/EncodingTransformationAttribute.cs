using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace PSIpc.Commands;

/// <summary>Lets an encoding be given as PowerShell's own cmdlets take it: by name, by code page, or as an object.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class EncodingTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>UTF-8 without a byte order mark.</summary>
    internal static Encoding Default { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    // The names of PowerShell's -Encoding that .NET does not know by itself.
    private static readonly Dictionary<string, Encoding> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf8"] = Default,
        ["utf8NoBOM"] = Default,
        ["unicode"] = Encoding.Unicode,
        ["bigendianunicode"] = Encoding.BigEndianUnicode,
        ["utf16"] = Encoding.Unicode,
        ["utf32"] = Encoding.UTF32,
        ["bigendianutf32"] = new UTF32Encoding(bigEndian: true, byteOrderMark: false),
        ["latin1"] = Encoding.Latin1,
        ["ascii"] = Encoding.ASCII,
    };

    internal static IReadOnlyDictionary<string, Encoding> KnownNames => Names;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = PipelineValue.BaseObject(inputData);
        return value as Encoding ?? Find(LanguagePrimitives.ConvertTo<string>(value));
    }

    private static Encoding Find(string name)
    {
        if (Names.TryGetValue(name, out Encoding? known))
        {
            return known;
        }

        try
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int codePage)
                ? Encoding.GetEncoding(codePage)
                : Encoding.GetEncoding(name);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new ArgumentTransformationMetadataException(
                $"'{DisplayText.Escape(name)}' is no encoding: give {string.Join(", ", Names.Keys)}, a code page such as 949, or another "
                    + "name that .NET knows.", exception);
        }
    }
}
