using System.Collections;
using System.Management.Automation;
using PSIpc.Echo.Server;

namespace PSIpc.Commands;

/// <summary>What -Fault takes: a hashtable with each of the faults by itself, with a value to change.</summary>
public sealed class EchoFaultCompleter : Completer
{
    private static readonly (string Name, int Value, string Meaning)[] Faults =
    [
        (nameof(EchoFault.DelayMilliseconds), 100, "holds each piece of the answer back so long"),
        (nameof(EchoFault.ChunkBytes), 1, "sends the answer in pieces of at most so many bytes"),
        (nameof(EchoFault.CorruptByte), 0, "inverts the byte at this offset"),
        (nameof(EchoFault.ResetAfterBytes), 100, "resets the connection when so many bytes have gone back"),
        (nameof(EchoFault.StallAfterBytes), 100, "falls silent when so many bytes have gone back"),
        (nameof(EchoFault.RefuseEvery), 2, "resets every n-th connection as soon as it is made"),
    ];

    private protected override IEnumerable<CompletionResult> Complete(string word, IDictionary bound) => Faults
        .Select(fault => (Text: $"@{{ {fault.Name} = {fault.Value} }}", fault))
        .Where(proposal => proposal.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase)
            || proposal.fault.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
        .Select(proposal => new CompletionResult(
            proposal.Text, proposal.fault.Name, CompletionResultType.ParameterValue, proposal.fault.Meaning));
}
