using System.Globalization;
using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Finds the address in an object: a snapshot, live or deserialised, a row of a table, or a plain key.</summary>
internal static class ObjectAddress
{
    private const string DeserializedPrefix = "Deserialized.";

    internal static SharedMemoryAddress Read(PSObject given)
    {
        // A process, a job or a file has an Id or a Name, too, and means no shared memory by it.
        if (given.BaseObject is string or int or long or uint)
        {
            return SharedMemoryAddress.FromKey(SystemVKey.Parse(given.ToString()));
        }

        if (!IsOurs(given) && !IsRow(given))
        {
            throw Invalid(given);
        }

        // The id first: a key can mean another segment by now, an id cannot.
        if (Property(given, "Id") is { } id)
        {
            return int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? SharedMemoryAddress.FromId(number)
                : throw new IpcException(IpcErrorReason.SharedMemoryAddressInvalid, $"'{id}' is no System V id: ids are numbers from 0.");
        }

        if (Property(given, "Name") is { } name)
        {
            return SharedMemoryAddress.FromName(name);
        }

        return Property(given, "Key") is { } key ? SharedMemoryAddress.FromKey(SystemVKey.Parse(key)) : throw Invalid(given);
    }

    private static bool IsOurs(PSObject given) =>
        given.BaseObject.GetType().Assembly == typeof(SharedMemoryInfo).Assembly
        || given.TypeNames.Any(name => name.StartsWith($"{DeserializedPrefix}{nameof(PSIpc)}.", StringComparison.Ordinal));

    private static bool IsRow(PSObject given) =>
        given.BaseObject is PSCustomObject && !given.TypeNames[0].StartsWith(DeserializedPrefix, StringComparison.Ordinal);

    private static IpcException Invalid(PSObject given) => new(
        IpcErrorReason.SharedMemoryAddressInvalid, $"An object of type {given.TypeNames[0]} names no shared memory.");

    private static string? Property(PSObject given, string name) =>
        given.Properties[name]?.Value is { } value && LanguagePrimitives.ConvertTo<string>(value) is { Length: > 0 } text ? text : null;
}
