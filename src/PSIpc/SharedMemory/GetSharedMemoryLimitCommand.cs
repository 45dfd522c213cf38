using System.Management.Automation;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Shows how much shared memory this system allows and how much is in use.</summary>
[Cmdlet(VerbsCommon.Get, "SharedMemoryLimit")]
[OutputType(typeof(SharedMemoryLimit))]
public sealed class GetSharedMemoryLimitCommand : IpcCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        SharedMemoryLimit limit = SharedMemoryObject.GetLimit();
        WriteVerbose($"System V: {(limit.MaxSegments is null ? "not on this system" : "shmctl(IPC_INFO, SHM_INFO)")}; POSIX: "
            + $"{limit.PosixPath ?? "not on this system"}.");
        WriteObject(limit);
    }
}
