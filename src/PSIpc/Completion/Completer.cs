using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PSIpc.Commands;

/// <summary>What every completion has in common: it proposes what fits the word begun, quoted where it must be, and never throws.</summary>
public abstract class Completer : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return [.. Complete(wordToComplete ?? string.Empty, fakeBoundParameters)];
        }
        catch (Exception)
        {
            // Nobody has asked for anything yet: a completion that fails proposes nothing.
            return [];
        }
    }

    /// <summary>Proposes values for what has been typed so far, quotes included.</summary>
    private protected virtual IEnumerable<CompletionResult> Complete(string word, IDictionary bound)
    {
        string begun = word.Trim('\'', '"');
        return Propose(bound)
            .Where(proposal => proposal.Texts.Any(text => text.StartsWith(begun, StringComparison.OrdinalIgnoreCase)))
            .Select(proposal => Result(proposal.Texts[0], proposal.ToolTip));
    }

    /// <summary>Everything that could be meant.</summary>
    private protected virtual IEnumerable<Proposal> Propose(IDictionary bound) => [];

    private protected static CompletionResult Result(string text, string toolTip) =>
        new(
            Quote(text),
            DisplayText.Escape(text),
            CompletionResultType.ParameterValue,
            DisplayText.Escape(toolTip.Length > 0 ? toolTip : text));

    private static string Quote(string text)
    {
        if (text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/' or '\\' or ':' or '+'))
        {
            return text;
        }

        // Only a string in double quotes has escapes, and in it a backtick, a dollar sign, and every kind of double quote need one.
        string literal = string.Concat(text.Select(
            character => character is '`' or '$' or '"' or '\u201c' or '\u201d' or '\u201e' ? $"`{character}" : $"{character}"));
        return DisplayText.Escape(text) == text
            ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'"
            : $"\"{DisplayText.Escape(literal)}\"";
    }

    /// <summary>One value: the text that goes in, other ways to begin typing it, and what it is.</summary>
    private protected readonly record struct Proposal(string ToolTip, params string[] Texts);
}
