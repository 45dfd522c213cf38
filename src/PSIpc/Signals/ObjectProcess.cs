using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PSIpc.SharedMemory;
using PSIpc.Signals;

namespace PSIpc.Commands;

/// <summary>Finds the process that an object stands for: a process, live or deserialized, or the creator of shared memory.</summary>
internal static class ObjectProcess
{
    /// <exception cref="IpcException">It stands for no process of this computer, or for one that has ended.</exception>
    internal static SignalTarget Open(PSObject given)
    {
        ObjectOrigin.ThrowIfElsewhere(given);

        // Never a property Id as such: that of a segment is the shmid, that of a job a number of PowerShell's.
        return given.BaseObject is Process process ? Open(process)
            : given.BaseObject is int or long or string ? SignalTarget.Open(Number(given.BaseObject))
            : given.Properties[nameof(SharedMemoryInfo.CreatorProcessId)] is not null ? SharedMemoryObject.OpenCreator(
                given.BaseObject as SharedMemoryInfo ?? Snapshot(given))
            : given.Properties["ProcessId"] is { } id ? SignalTarget.Open(Number(id.Value))
            : ObjectOrigin.TypeName(given) == typeof(Process).FullName ? OpenCopy(given)
            : throw Invalid(
                $"An object of type {given.TypeNames[0]} names no process: it is none, and has no CreatorProcessId or ProcessId.");
    }

    // Held before it is asked whether it has ended: as long as it has not, its ID is its own.
    private static SignalTarget Open(Process process)
    {
        SignalTarget target = SignalTarget.Open(process.Id);
        if (!process.HasExited)
        {
            return target;
        }

        target.Dispose();
        throw new IpcException(IpcErrorReason.ProcessNotFound, $"Process {process.Id} has ended.");
    }

    private static SignalTarget OpenCopy(PSObject given)
    {
        int id = Number(given.Properties[nameof(Process.Id)]?.Value);
        return given.Properties[nameof(Process.StartTime)]?.Value is { } started && LanguagePrimitives.TryConvertTo(
            started, out DateTime time)
            ? SignalTarget.Open(id, time)
            : SignalTarget.Open(id);
    }

    // What a row does not have is unknown, and not the null by which a snapshot says that a segment was never attached.
    private static SharedMemoryInfo Snapshot(PSObject given)
    {
        string[] needed = [nameof(SharedMemoryInfo.CreatorAlive), nameof(SharedMemoryInfo.AttachTime), nameof(SharedMemoryInfo.ChangeTime)];
        bool isWhole = needed.All(name => given.Properties[name] is not null);
        return new()
        {
            Id = Read<int>(given, nameof(SharedMemoryInfo.Id)),
            Key = Read<int>(given, nameof(SharedMemoryInfo.Key)),
            Name = given.Properties[nameof(SharedMemoryInfo.Name)]?.Value?.ToString(),
            CreatorProcessId = given.Properties[nameof(SharedMemoryInfo.CreatorProcessId)].Value is { } id ? Number(id) : null,
            CreatorAlive = Read<bool>(given, nameof(SharedMemoryInfo.CreatorAlive)),
            CreatorStartTicks = isWhole ? Read<long>(given, nameof(SharedMemoryInfo.CreatorStartTicks)) : null,
            AttachTime = Read<DateTime>(given, nameof(SharedMemoryInfo.AttachTime)),
            ChangeTime = Read<DateTime>(given, nameof(SharedMemoryInfo.ChangeTime)),
        };
    }

    private static T? Read<T>(PSObject given, string name)
        where T : struct =>
        given.Properties[name]?.Value is { } value && value is not "" && LanguagePrimitives.TryConvertTo(value, out T converted)
            ? converted
            : null;

    private static int Number(object? value) =>
        int.TryParse(
            LanguagePrimitives.ConvertTo<string>(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Invalid($"'{value}' is no process id.");

    private static IpcException Invalid(string message) => new(IpcErrorReason.ProcessIdInvalid, message);
}
