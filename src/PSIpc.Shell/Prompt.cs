using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace PSIpc.Shell;

/// <summary>The interactive loop: reads commands, over several lines where they need it, until 'exit' or the end of input.</summary>
internal sealed class Prompt(ShellHost host, Runspace runspace, Func<string, bool> execute)
{
    internal int Run()
    {
        while (host.ExitCode is null && ReadCommand() is { } command)
        {
            if (!string.IsNullOrWhiteSpace(command))
            {
                execute(command);
            }
        }

        return host.ExitCode ?? ExitCodes.Success;
    }

    private string? ReadCommand()
    {
        Console.Out.Write(PromptText());
        string? command = Console.In.ReadLine();
        while (command is not null && IsIncomplete(command))
        {
            Console.Out.Write(">> ");
            string? more = Console.In.ReadLine();
            if (string.IsNullOrEmpty(more))
            {
                break;
            }

            command += "\n" + more;
        }

        return command;
    }

    private string PromptText()
    {
        using var shell = PowerShell.Create(runspace);
        return shell.AddCommand("prompt").Invoke<string>() is [{ Length: > 0 } text, ..] ? text : "PS> ";
    }

    private static bool IsIncomplete(string command)
    {
        Parser.ParseInput(command, out _, out ParseError[] errors);
        return errors.Any(error => error.IncompleteInput);
    }
}
