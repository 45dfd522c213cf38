using System.Globalization;
using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Finds the address in an object: a snapshot, live or deserialized, a lock, a custom object, or a plain key.</summary>
internal static class ObjectAddress
{
    private static readonly Type[] Ours = [typeof(SharedMemoryInfo), typeof(SharedMemoryView), typeof(SharedMemoryLock)];

    /// <exception cref="IpcException">It stands for no shared memory of this computer.</exception>
    internal static IpcAddress Read(PSObject given)
    {
        ObjectOrigin.ThrowIfElsewhere(given);
        return given.BaseObject switch
        {
            string or int or long or uint => IpcAddress.FromKey(SystemVKey.Parse(given.ToString())),
            SharedMemoryInfo info => info.ToExactAddress(),
            SharedMemoryLock taken => taken.ToExactAddress(),
            _ => ReadProperties(given),
        };
    }

    /// <summary>
    /// Refuses an object whose properties only have the names of ours: a file, a process, a row of another cmdlet's table.
    /// </summary>
    /// <exception cref="IpcException">It does, or it comes from another computer.</exception>
    internal static void ThrowIfForeign(PSObject given)
    {
        ObjectOrigin.ThrowIfElsewhere(given);
        if (!IsOurs(given) && !ObjectOrigin.IsCustom(given))
        {
            throw Invalid(given);
        }
    }

    private static IpcAddress ReadProperties(PSObject given)
    {
        ThrowIfForeign(given);
        string? id = Text(given, nameof(SharedMemoryInfo.Id));
        string? name = Text(given, nameof(SharedMemoryInfo.Name));
        string? key = Text(given, nameof(SharedMemoryInfo.Key));

        // A custom object can be a row of anything, and many things have an Id: a property of ours alone has to say that this is ours.
        bool isOurs = IsOurs(given) || key is not null || Text(given, nameof(SharedMemoryInfo.Kind)) is not null;
        if (id is not null && !isOurs)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryAddressInvalid, "A custom object with an Id names shared memory only together with a Key or a "
                    + "Kind.");
        }

        // The ID first: a key can mean another segment by now.
        return id is not null ? Segment(given, id)
            : name is not null ? Object(given, name)
            : key is not null ? IpcAddress.FromKey(SystemVKey.Parse(key))
            : throw Invalid(given);
    }

    private static IpcAddress Segment(PSObject given, string id)
    {
        IpcAddress address = int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? IpcAddress.FromId(number)
            : throw new IpcException(IpcErrorReason.SharedMemoryAddressInvalid, $"'{id}' is no System V id: ids are numbers from 0.");
        return Number<int>(given, nameof(SharedMemoryInfo.CreatorProcessId)) is { } creator && Number<long>(
            given, nameof(SharedMemoryInfo.Size)) is { } size
            ? address.WithSegment(creator, size)
            : address;
    }

    private static IpcAddress Object(PSObject given, string name) =>
        Text(given, nameof(SharedMemoryInfo.Device)) is { } device && Number<ulong>(given, nameof(SharedMemoryInfo.Inode)) is { } inode
            ? IpcAddress.FromName(name).WithFile(device, inode)
            : IpcAddress.FromName(name);

    private static bool IsOurs(PSObject given) =>
        typeof(SharedMemoryInfo).Assembly.GetType(ObjectOrigin.TypeName(given)) is { } type && Ours.Any(
            ours => ours.IsAssignableFrom(type));

    private static IpcException Invalid(PSObject given) => new(
        IpcErrorReason.SharedMemoryAddressInvalid, $"An object of type {given.TypeNames[0]} names no shared memory.");

    private static T? Number<T>(PSObject given, string name)
        where T : struct =>
            LanguagePrimitives.TryConvertTo(Text(given, name), out T number) && Text(given, name) is not null ? number : null;

    private static string? Text(PSObject given, string name) =>
        given.Properties[name]?.Value is { } value && LanguagePrimitives.ConvertTo<string>(value) is { Length: > 0 } text ? text : null;
}
