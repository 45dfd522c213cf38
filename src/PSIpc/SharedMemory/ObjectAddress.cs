using System.Globalization;
using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Finds the address in an object: a snapshot, live or deserialised, a row of a table, or a plain key.</summary>
internal static class ObjectAddress
{
    internal static SharedMemoryAddress Read(PSObject given)
    {
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

        string? key = Property(given, "Key") ?? (given.BaseObject is string or int or long or uint ? given.ToString() : null);
        return key is not null
            ? SharedMemoryAddress.FromKey(SystemVKey.Parse(key))
            : throw new IpcException(
                IpcErrorReason.SharedMemoryAddressInvalid,
                $"An object of type {given.BaseObject.GetType()} names no shared memory: it has no Id, Name or Key.");
    }

    private static string? Property(PSObject given, string name) =>
        given.BaseObject is not string && given.Properties[name]?.Value is { } value
        && LanguagePrimitives.ConvertTo<string>(value) is { Length: > 0 } text
            ? text
            : null;
}
