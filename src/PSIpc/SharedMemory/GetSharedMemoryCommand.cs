using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Shows shared memory: all that there is, or what the addresses name.</summary>
[Cmdlet(VerbsCommon.Get, "SharedMemory", DefaultParameterSetName = AllSet)]
[OutputType(typeof(SharedMemoryInfo))]
public sealed class GetSharedMemoryCommand : ExistingSharedMemoryCommand
{
    private const string AllSet = "All";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == AllSet)
        {
            WriteObject(PSIpc.SharedMemory.List(), enumerateCollection: true);
        }
        else
        {
            ProcessAddresses();
        }
    }

    private protected override void Process(SharedMemoryAddress address) => WriteObject(PSIpc.SharedMemory.Get(address));

    private protected override void ProcessName(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            base.ProcessName(name);
            return;
        }

        var pattern = WildcardPattern.Get(name, WildcardOptions.None);
        foreach (SharedMemoryInfo info in PSIpc.SharedMemory.List())
        {
            if (info.Name is not null && pattern.IsMatch(info.Name))
            {
                WriteObject(info);
            }
        }
    }
}
