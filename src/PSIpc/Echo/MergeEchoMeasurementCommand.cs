using System.Globalization;
using System.Management.Automation;
using PSIpc.Echo.Load;

namespace PSIpc.Commands;

/// <summary>Combines measurements of many runs and machines: histograms are added, percentiles never averaged.</summary>
[Cmdlet(VerbsData.Merge, "EchoMeasurement")]
[OutputType(typeof(EchoMeasurement))]
public sealed class MergeEchoMeasurementCommand : IpcCommand
{
    private readonly List<EchoMeasurement> _measurements = [];
    private bool _refused;

    /// <summary>Measurements, live or from another machine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (PSObject given in InputObject)
        {
            int before = _measurements.Count;
            RunItem(given, () =>
            {
                EchoMeasurement measurement = Read(given);
                _measurements.Add(measurement);
                WriteVerbose($"Takes {measurement.Exchanges} exchanges with {measurement.Endpoint} from {measurement.StartTime}.");
            });
            _refused |= _measurements.Count == before;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // A sum without what was refused would look like the whole.
        if (_refused)
        {
            return;
        }

        try
        {
            WriteObject(EchoMeasurement.Merge(_measurements));
        }
        catch (IpcException exception)
        {
            ThrowTerminatingError(exception, null);
        }
    }

    private static EchoMeasurement Read(PSObject given)
    {
        if (given.BaseObject is EchoMeasurement measurement)
        {
            return measurement;
        }

        // What remoting made of one has its properties, and a type name that says so.
        if (!given.TypeNames.Contains($"Deserialized.{typeof(EchoMeasurement).FullName}"))
        {
            throw new IpcException(IpcErrorReason.EchoMeasurementInvalid, $"An object of type {given.TypeNames[0]} is no measurement.");
        }

        var copy = new EchoMeasurement();
        foreach (System.Reflection.PropertyInfo property in typeof(EchoMeasurement).GetProperties().Where(property => property.CanWrite))
        {
            object? value = given.Properties[property.Name]?.Value;
            if (value is not null)
            {
                property.SetValue(
                    copy,
                    property.Name == nameof(EchoMeasurement.Errors)
                        ? ReadErrors(value)
                        : LanguagePrimitives.ConvertTo(value, property.PropertyType, CultureInfo.InvariantCulture));
            }
        }

        return copy;
    }

    private static Dictionary<string, long> ReadErrors(object value)
    {
        var errors = new Dictionary<string, long>();
        if (PipelineValue.BaseObject(value) is System.Collections.IDictionary entries)
        {
            foreach (System.Collections.DictionaryEntry entry in entries)
            {
                errors[$"{entry.Key}"] = LanguagePrimitives.ConvertTo<long>(entry.Value);
            }
        }

        return errors;
    }
}
