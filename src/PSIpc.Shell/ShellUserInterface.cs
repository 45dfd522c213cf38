using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace PSIpc.Shell;

/// <summary>Text in and out: objects to standard output, errors and progress to standard error, questions where a person can answer.</summary>
internal sealed class ShellUserInterface(bool nonInteractive) : PSHostUserInterface
{
    private readonly ShellRawUserInterface _raw = new();
    private readonly ProgressLine _progress = new();

    public override PSHostRawUserInterface RawUI => _raw;

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";

    public override void Write(string value)
    {
        _progress.Clear();
        Console.Out.Write(Decorated(value, Console.IsOutputRedirected));
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value)
    {
        _progress.Clear();
        Console.Out.WriteLine(Decorated(value, Console.IsOutputRedirected));
    }

    public override void WriteErrorLine(string value)
    {
        _progress.Clear();
        Console.Error.WriteLine(Decorated(value, Console.IsErrorRedirected));
    }

    public override void WriteDebugLine(string message) => WriteLine($"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => WriteLine($"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => WriteLine($"WARNING: {message}");

    public override void WriteInformation(InformationRecord record)
    {
    }

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    public override string ReadLine()
    {
        RequireInteractive();
        return Console.In.ReadLine() ?? throw new HostException("The input has ended.");
    }

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException("psipc does not read secrets.");

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("psipc does not ask for credentials.");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        PromptForCredential(caption, message, userName, targetName);

    public override Dictionary<string, PSObject?> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        RequireInteractive();
        WriteTitle(caption, message);
        var answers = new Dictionary<string, PSObject?>();
        foreach (FieldDescription field in descriptions)
        {
            Write($"{field.Name}: ");
            answers[field.Name] = PSObject.AsPSObject(ReadLine());
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireInteractive();
        WriteTitle(caption, message);
        (string Hotkey, string Label)[] options = [.. choices.Select(choice => (Hotkey(choice.Label), choice.Label.Replace("&", "", StringComparison.Ordinal)))];
        string question = string.Join("  ", options.Select(option => $"[{option.Hotkey}] {option.Label}"));
        string defaultText = defaultChoice >= 0 ? string.Create(CultureInfo.CurrentCulture, $" (default is \"{options[defaultChoice].Hotkey}\")") : "";
        while (true)
        {
            Write($"{question}{defaultText}: ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            int index = Array.FindIndex(options, option =>
                string.Equals(option.Hotkey, answer, StringComparison.OrdinalIgnoreCase) || string.Equals(option.Label, answer, StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
            {
                return index;
            }
        }
    }

    private static string Hotkey(string label) => label.IndexOf('&') is var at and >= 0 && at + 1 < label.Length ? label.Substring(at + 1, 1).ToUpperInvariant() : label;

    // The engine decorates for a terminal; a file or a pipe gets plain text.
    private static string Decorated(string value, bool redirected) =>
        redirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } ? new StringDecorated(value).ToString(OutputRendering.PlainText) : value;

    private void WriteTitle(string caption, string message)
    {
        foreach (string text in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(text))
            {
                WriteLine(text);
            }
        }
    }

    private void RequireInteractive()
    {
        if (nonInteractive)
        {
            throw new PSInvalidOperationException("psipc runs with -NonInteractive and cannot ask.");
        }
    }
}
