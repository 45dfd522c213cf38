using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Shows shared memory: all that there is, on Windows all that this process holds, or what the addresses name.</summary>
[Cmdlet(VerbsCommon.Get, "SharedMemory", DefaultParameterSetName = AllSet)]
[OutputType(typeof(SharedMemoryInfo))]
public sealed class GetSharedMemoryCommand : SharedMemoryCommand
{
    private const string AllSet = "All";

    // What waits for one look at all processes.
    private readonly List<SharedMemoryInfo> _found = [];

    /// <summary>
    /// Only what nobody uses: segments that nobody has attached and whose creator is gone, objects that nobody maps or has open.
    /// </summary>
    [Parameter]
    public SwitchParameter Orphan { get; set; }

    /// <summary>Only what belongs to the user that this process runs as.</summary>
    [Parameter]
    public SwitchParameter Mine { get; set; }

    /// <summary>
    /// Only what was created, changed and detached at least this long ago: seconds (<c>60</c>), or a time span (<c>0:10</c>).
    /// </summary>
    [Parameter]
    [NotNullArgument]
    [DurationTransformation]
    public TimeSpan MinimumAge { get; set; }

    /// <summary>Adds the ids of the processes that have it attached, mapped or open, as ProcessId.</summary>
    [Parameter]
    public SwitchParameter IncludeProcess { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == AllSet)
        {
            Take(SharedMemoryObject.List());
        }
        else
        {
            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_found.Count > 0)
        {
            RunItem(null, WriteUsers);
        }
    }

    private protected override void ProcessAddress(IpcAddress address) => Take([SharedMemoryObject.Get(address)]);

    private protected override void ProcessName(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            base.ProcessName(WildcardPattern.Unescape(name));
            return;
        }

        if (OperatingSystem.IsMacOS())
        {
            throw new IpcException(
                IpcErrorReason.PlatformNotSupported, $"macOS has no list of the names of POSIX objects, so '{name}' finds none: give the "
                    + "whole name.");
        }

        var pattern = WildcardPattern.Get(name, WildcardOptions.None);
        try
        {
            // It is read at its first use.
            pattern.IsMatch("");
        }
        catch (WildcardPatternException exception)
        {
            throw new IpcException(
                IpcErrorReason.SharedMemoryNameInvalid,
                $"'{name}' is no pattern of names: a bracket that is a part of a name has a backtick before it.",
                innerException: exception);
        }

        Take(SharedMemoryObject.List().Where(info => info.Name is not null && pattern.IsMatch(info.Name)));
    }

    private void Take(IEnumerable<SharedMemoryInfo> infos)
    {
        int looked = 0;
        int wanted = 0;
        foreach (SharedMemoryInfo info in infos)
        {
            looked++;
            if (!IsWanted(info))
            {
                continue;
            }

            wanted++;
            if (Orphan || IncludeProcess)
            {
                _found.Add(info);
            }
            else
            {
                WriteObject(info);
            }
        }

        WriteVerbose($"Looked at {looked}; asked for: {wanted}.");
    }

    private bool IsWanted(SharedMemoryInfo info) =>
        (!Mine || info.Owner == SharedMemoryObject.CurrentUser) && IsOldEnough(info.ChangeTime) && IsOldEnough(info.DetachTime);

    private bool IsOldEnough(DateTime? time) => time is null || DateTime.UtcNow - time.Value.ToUniversalTime() >= MinimumAge;

    private void WriteUsers()
    {
        SharedMemoryHolders users = SharedMemoryObject.FindHolders(_found, StopToken);
        WriteVerbose($"Looked for the users of {_found.Count} in /proc; processes that cannot be read: {users.UnreadableProcesses}.");
        int undecided = Orphan ? _found.Count(info => users.IsOrphan(info) is null) : 0;
        if (undecided > 0 || (IncludeProcess && users.UnreadableProcesses > 0))
        {
            string who = users.UnreadableProcesses switch
            {
                0 => "processes that cannot be seen from here",
                1 => "1 process that cannot be read",
                int count => $"{count} processes that cannot be read",
            };
            string doubt = undecided > 0
                ? $"{undecided} that may be orphans are left out: {who} may use them."
                : $"ProcessIds may be incomplete: {who} may use the memory too.";
            WriteWarning(doubt + (Environment.IsPrivilegedProcess ? "" : " As root, more can be seen."));
        }

        foreach (SharedMemoryInfo info in _found.Where(info => !Orphan || users.IsOrphan(info) == true))
        {
            WriteObject(IncludeProcess ? users.Include(info) : info);
        }
    }
}
