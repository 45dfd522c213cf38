namespace PSIpc.Shell;

/// <summary>What the command was asked to do.</summary>
internal enum CommandLineMode
{
    Prompt,
    File,
    Command,
    StandardInput,
    Help,
    Version,
    Invalid,
}

/// <summary>The command's arguments, read as pwsh reads them.</summary>
internal sealed class CommandLine
{
    internal const string Help = """
        psipc: the PowerShell engine with the PSIpc module imported.

        Usage:
          psipc [options] [script.ps1 [arguments]]
          psipc [options] -File script.ps1 [arguments]
          psipc [options] -Command text ...
          psipc [options] -

        With a script, runs it; with '-', runs the commands of the standard input;
        with neither, prompts, or reads the standard input where it is redirected.

          -File, -f         Runs a script; everything after its name is for the script.
          -Command, -c      Runs the rest of the line as one command; '-' is the standard input.
          -NonInteractive   Makes a question an error.
          -NoLogo           Prompts without a greeting.
          -NoProfile        Accepted; psipc never loads a profile.
          -Version, -v      Shows the version.
          -Help, -h, -?     Shows this text.

        The exit code is that of the 'exit' statement; 1 after an error that ended the script
        or a command that failed, 64 for wrong arguments, 128 plus the signal after one.
        """;

    /// <summary>Every option with its shortest abbreviation, the same as in pwsh.</summary>
    private static readonly Option[] s_options =
    [
        new("file", "f"),
        new("command", "c"),
        new("noninteractive", "noni"),
        new("nologo", "nol"),
        new("noprofile", "nop"),
        new("version", "v"),
        new("help", "h"),
        new("?", "?"),
    ];

    private CommandLine(CommandLineMode mode, string text = "")
    {
        Mode = mode;
        Text = text;
    }

    internal CommandLineMode Mode { get; }

    /// <summary>The script's full path, the command, or what is wrong.</summary>
    internal string Text { get; }

    internal string[] Arguments { get; private init; } = [];

    internal bool NonInteractive { get; private set; }

    internal bool NoLogo { get; private set; }

    internal static CommandLine Parse(string[] args)
    {
        bool nonInteractive = false;
        bool noLogo = false;
        int index = 0;
        CommandLine? result = null;
        while (result is null && index < args.Length)
        {
            string argument = args[index++];
            switch (OptionName(argument))
            {
                case "noninteractive":
                    nonInteractive = true;
                    break;
                case "nologo":
                    noLogo = true;
                    break;
                case "noprofile":
                    break;
                case "version":
                    result = new CommandLine(CommandLineMode.Version);
                    break;
                case "help" or "?":
                    result = new CommandLine(CommandLineMode.Help);
                    break;
                case "command":
                    result = ParseCommand(args[index..]);
                    break;
                case "file":
                    result = ParseFile(args[index..]);
                    break;
                case null when argument is "-" || !argument.StartsWith('-'):
                    result = ParseFile(args[(index - 1)..]);
                    break;
                default:
                    result = new CommandLine(CommandLineMode.Invalid, $"'{argument}' is not an option.");
                    break;
            }
        }

        result ??= new CommandLine(Console.IsInputRedirected ? CommandLineMode.StandardInput : CommandLineMode.Prompt);
        result.NonInteractive = nonInteractive;
        result.NoLogo = noLogo;
        return result;
    }

    private static string? OptionName(string argument)
    {
        string name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument.StartsWith('-') ? argument[1..] : "";
        return Array.Find(s_options, option => option.Matches(name))?.Name;
    }

    private static CommandLine ParseCommand(string[] rest) => rest switch
    {
        [] => new CommandLine(CommandLineMode.Invalid, "-Command needs a command."),
        ["-"] => new CommandLine(CommandLineMode.StandardInput),
        ["-", ..] => new CommandLine(CommandLineMode.Invalid, "-Command - takes nothing after it."),
        _ => new CommandLine(CommandLineMode.Command, string.Join(' ', rest)),
    };

    private static CommandLine ParseFile(string[] rest)
    {
        if (rest is [])
        {
            return new CommandLine(CommandLineMode.Invalid, "-File needs a script.");
        }

        if (rest[0] == "-")
        {
            return new CommandLine(CommandLineMode.StandardInput);
        }

        return File.Exists(rest[0])
            ? new CommandLine(CommandLineMode.File, Path.GetFullPath(rest[0])) { Arguments = rest[1..] }
            : new CommandLine(CommandLineMode.Invalid, $"The script '{rest[0]}' does not exist. Check the spelling and the path.");
    }

    private sealed record Option(string Name, string Shortest)
    {
        internal bool Matches(string text) =>
            Name.StartsWith(text, StringComparison.OrdinalIgnoreCase) && text.StartsWith(Shortest, StringComparison.OrdinalIgnoreCase);
    }
}
