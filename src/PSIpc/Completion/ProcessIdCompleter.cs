using System.Collections;
using System.Diagnostics;
using System.Globalization;

namespace PSIpc.Commands;

/// <summary>Running processes, typed by id or by name.</summary>
public sealed class ProcessIdCompleter : Completer
{
    private protected override IEnumerable<Proposal> Propose(IDictionary bound) => Process.GetProcesses()
        .OrderBy(process => process.Id)
        .Select(process => new Proposal(process.ProcessName, process.Id.ToString(CultureInfo.InvariantCulture), process.ProcessName));
}
