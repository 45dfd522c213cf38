using System.Globalization;
using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Reads a number as seconds, like every duration of the module, and leaves a <see cref="TimeSpan"/> as it is.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = PipelineValue.BaseObject(inputData);
        TimeSpan duration = value is TimeSpan span ? span : Read(value);
        return duration >= TimeSpan.Zero
            ? duration
            : throw new ArgumentTransformationMetadataException($"The duration {duration} is negative.");
    }

    private static TimeSpan Read(object value)
    {
        try
        {
            // A text of digits alone would be days to TimeSpan.Parse.
            return value is string text && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? LanguagePrimitives.ConvertTo<TimeSpan>(text)
                : TimeSpan.FromSeconds(LanguagePrimitives.ConvertTo<double>(value));
        }
        catch (Exception exception) when (exception is OverflowException or ArgumentException or PSInvalidCastException)
        {
            throw new ArgumentTransformationMetadataException(
                "The argument is not a duration: specify seconds (60), or a time span ('0:10' for ten minutes).", exception);
        }
    }
}
