using System.Collections;

namespace PSIpc.Commands;

/// <summary>The encodings that have names of PowerShell's own.</summary>
public sealed class EncodingCompleter : Completer
{
    private protected override IEnumerable<Proposal> Propose(IDictionary bound) => EncodingTransformationAttribute.KnownNames
        .Select(known => new Proposal($"{known.Value.EncodingName} ({known.Value.WebName})", known.Key));
}
