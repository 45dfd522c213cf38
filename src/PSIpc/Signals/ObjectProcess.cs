using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Finds the process that an object stands for: a process, live or deserialised, or the creator of shared memory.</summary>
internal static class ObjectProcess
{
    private const string CreatorId = nameof(SharedMemoryInfo.CreatorProcessId);

    internal static int Read(PSObject given)
    {
        // Never a property Id as such: that of a segment is the shmid, that of a job a number of PowerShell's.
        return given.BaseObject is Process process ? process.Id
            : given.BaseObject is int or long or string ? Number(given.BaseObject)
            : given.Properties[CreatorId] is { } creator ? Creator(given, creator.Value)
            : given.Properties["ProcessId"] is { } id ? Number(id.Value)
            : given.TypeNames.Any(name => name.EndsWith(typeof(Process).FullName!, StringComparison.Ordinal)) ? Number(given.Properties["Id"]?.Value)
            : throw Invalid($"An object of type {given.TypeNames[0]} names no process: it is none, and has no {CreatorId} or ProcessId.");
    }

    private static int Creator(PSObject given, object? id) =>
        id is null ? throw Invalid($"The system does not know who created {given}: it keeps that of System V segments.")
        : given.Properties[nameof(SharedMemoryInfo.CreatorAlive)]?.Value is false
            ? throw new IpcException(IpcErrorReason.ProcessNotFound, $"Process {id}, which created {given}, has ended; its id may be another's by now.")
        : Number(id);

    private static int Number(object? value) =>
        int.TryParse(LanguagePrimitives.ConvertTo<string>(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Invalid($"'{value}' is no process id.");

    private static IpcException Invalid(string message) => new(IpcErrorReason.ProcessIdInvalid, message);
}
