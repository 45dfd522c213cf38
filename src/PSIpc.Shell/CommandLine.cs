namespace PSIpc.Shell;

/// <summary>What psipc is asked to do.</summary>
internal enum ShellAction
{
    Prompt,
    RunFile,
    RunCommand,
    RunInput,
    ShowHelp,
    ShowVersion,
}

/// <summary>The command line, in pwsh's own words where pwsh has them.</summary>
internal sealed record CommandLine(ShellAction Action, string Text, IReadOnlyList<string> Arguments, bool NonInteractive)
{
    internal const string Help = """
        psipc: the PowerShell engine as a small command, with PSIpc imported.

        Usage:
          psipc                             a prompt, or with input from a pipe what comes there
          psipc [options] script.ps1 [arguments]
          psipc [options] -File script.ps1 [arguments]
          psipc [options] -Command 'commands'
          psipc [options] -                 commands from standard input

        Options:
          -NonInteractive                   a prompt for input is an error
          -NoProfile, -NoLogo               accepted; psipc has no profile and no logo
          -Version, --version               the version
          -Help, --help                     this text

        Options may be written with one dash or two, in any case, and be cut short: -c, -f, -noni.
        Exit codes are pwsh's: that of 'exit', 1 after an error that ended the script, 64 for a wrong
        command line; 130 and 143 after Ctrl+C and SIGTERM, which let 'finally' run.

        The engine has no cmdlets of Microsoft.PowerShell.Utility and .Management, such as Write-Host.

        """;

    internal static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        bool nonInteractive = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            string[] rest = [.. arguments.Skip(i + 1)];
            if (argument == "-")
            {
                return new(ShellAction.RunInput, "", rest, nonInteractive);
            }

            if (argument is not ['-', ..])
            {
                return new(ShellAction.RunFile, argument, rest, nonInteractive);
            }

            switch (FullName(argument))
            {
                case "noprofile" or "nologo":
                    break;
                case "noninteractive":
                    nonInteractive = true;
                    break;
                case "file":
                    return rest is [var file, .. var fileArguments]
                        ? new(file == "-" ? ShellAction.RunInput : ShellAction.RunFile, file, fileArguments, nonInteractive)
                        : throw new UsageException($"{argument} needs the path of a script.");
                case "command":
                    return rest is ["-"] ? new(ShellAction.RunInput, "", [], nonInteractive)
                        : rest.Length > 0 ? new(ShellAction.RunCommand, string.Join(' ', rest), [], nonInteractive)
                        : throw new UsageException($"{argument} needs commands.");
                case "version":
                    return new(ShellAction.ShowVersion, "", [], nonInteractive);
                case "help":
                    return new(ShellAction.ShowHelp, "", [], nonInteractive);
                default:
                    throw new UsageException($"'{argument}' is no option.");
            }
        }

        return new(Console.IsInputRedirected ? ShellAction.RunInput : ShellAction.Prompt, "", [], nonInteractive);
    }

    // The least of each name that still tells it from the others, as pwsh has them.
    private static string? FullName(string argument) => argument.TrimStart('-').ToLowerInvariant() switch
    {
        "?" or "h" => "help",
        "v" => "version",
        var name when Shortens(name, "command", 1) => "command",
        var name when Shortens(name, "file", 1) => "file",
        var name when Shortens(name, "help", 1) => "help",
        var name when Shortens(name, "version", 1) => "version",
        var name when Shortens(name, "noprofile", 3) => "noprofile",
        var name when Shortens(name, "nologo", 3) => "nologo",
        var name when Shortens(name, "noninteractive", 4) => "noninteractive",
        _ => null,
    };

    private static bool Shortens(string name, string full, int least) => name.Length >= least && full.StartsWith(name, StringComparison.Ordinal);
}
