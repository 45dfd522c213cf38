using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PSIpc.Shell;

/// <summary>Where each stream goes: errors and progress to the standard error, the rest to the standard output, as in pwsh.</summary>
internal sealed class ShellUserInterface(bool nonInteractive) : PSHostUserInterface
{
    private readonly ProgressDisplay _progress = new();
    private readonly Questions _questions = new(nonInteractive);

    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUserInterface();

    public override bool SupportsVirtualTerminal => Terminal.OutputHasColors;

    /// <summary>Whether what is written shows the error that ended a pipeline, and goes where errors go.</summary>
    internal bool IsShowingError { get; set; }

    public override void Write(string value)
    {
        _progress.Hide();
        (TextWriter writer, bool hasColors) = IsShowingError ? (Console.Error, Terminal.ErrorHasColors) : (Console.Out, Terminal.OutputHasColors);
        writer.Write(Terminal.Render(value, hasColors));
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(
        PSStyle.Instance.Background.FromConsoleColor(backgroundColor) + PSStyle.Instance.Foreground.FromConsoleColor(foregroundColor)
        + value + PSStyle.Instance.Reset);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        _progress.Hide();
        Console.Error.WriteLine(Terminal.Style(value, PSStyle.Instance.Formatting.Error, Terminal.ErrorHasColors));
    }

    public override void WriteWarningLine(string message) => WriteLine($"WARNING: {message}", PSStyle.Instance.Formatting.Warning);

    public override void WriteVerboseLine(string message) => WriteLine($"VERBOSE: {message}", PSStyle.Instance.Formatting.Verbose);

    public override void WriteDebugLine(string message) => WriteLine($"DEBUG: {message}", PSStyle.Instance.Formatting.Debug);

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    /// <summary>Takes what progress is still shown off the screen.</summary>
    internal void EndProgress() => _progress.End();

    public override string ReadLine() => _questions.ReadLine();

    public override SecureString ReadLineAsSecureString() => _questions.ReadSecret();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteCaption(caption, message);
        return _questions.AskFields(descriptions);
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteCaption(caption, message);
        return _questions.AskChoice(choices, defaultChoice);
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
    {
        WriteCaption(caption, message);
        return _questions.AskCredential(userName);
    }

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    private void WriteCaption(string caption, string message)
    {
        _questions.RequireInteractive();
        foreach (string text in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(text))
            {
                WriteLine(text);
            }
        }
    }

    private void WriteLine(string value, string style) => WriteLine(Terminal.Style(value, style, Terminal.OutputHasColors));
}
