using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PSIpc.Echo.Server;

namespace PSIpc.Commands;

/// <summary>Reads <c>@{ DelayMilliseconds = 10; ChunkBytes = 1 }</c> as an <see cref="EchoFault"/>, and names what no fault has.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EchoFaultTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly System.Reflection.PropertyInfo[] Faults =
        [.. typeof(EchoFault).GetProperties().Where(property => property.CanWrite)];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = PipelineValue.BaseObject(inputData);
        if (value is not IDictionary entries)
        {
            return value;
        }

        var fault = new EchoFault();
        foreach (DictionaryEntry entry in entries)
        {
            System.Reflection.PropertyInfo property = Array.Find(
                Faults, candidate => string.Equals(candidate.Name, $"{entry.Key}", StringComparison.OrdinalIgnoreCase))
                ?? throw new ArgumentTransformationMetadataException(
                    $"There is no fault '{Display.Text(entry.Key)}': the faults are "
                        + $"{string.Join(", ", Faults.Select(candidate => candidate.Name))}.");
            property.SetValue(
                fault,
                LanguagePrimitives.ConvertTo(
                    entry.Value, Nullable.GetUnderlyingType(property.PropertyType)!, CultureInfo.InvariantCulture));
        }

        return fault;
    }
}
