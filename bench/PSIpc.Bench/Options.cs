using System.Text.RegularExpressions;

namespace PSIpc.Bench;

/// <summary>The command's arguments.</summary>
internal sealed record Options
{
    internal const string Help = """
        Measures PSIpc beside its peers, and prints a table of medians and ratios.

          --quick           Small and short: whether everything runs, not how fast it is.
          --only REGEX      Only the rows and growth tables whose name fits.
          --list            Prints the names and ends.
          --micro           Only the library's own parts, with BenchmarkDotNet.
          --write [FOLDER]  Writes benchmarks.md and the plots there too; into docs/ unless given.
          --install         Installs the peers that are missing (apt-get, root) first.
          --help            Shows this text.
        """;

    internal bool Quick { get; private init; }

    internal Regex Only { get; private init; } = new("");

    internal bool List { get; private init; }

    internal bool Micro { get; private init; }

    internal bool Install { get; private init; }

    internal bool ShowsHelp { get; private init; }

    /// <summary>Where to write the document, or null for nowhere.</summary>
    internal string? Folder { get; private init; }

    /// <summary>Set for the process that was started again in a namespace of its own.</summary>
    internal bool OwnNamespace { get; private init; }

    /// <summary>Whether no row is left out.</summary>
    internal bool IsWhole => Only.ToString().Length == 0 && !Micro;

    /// <exception cref="ArgumentException">The arguments are wrong; the message says how.</exception>
    internal static Options Parse(string[] args, string documents)
    {
        var options = new Options();
        for (int i = 0; i < args.Length; i++)
        {
            string? next = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[i + 1] : null;
            switch (args[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--only" when next is not null:
                    options = options with { Only = ParseExpression(next) };
                    i++;
                    break;
                case "--list":
                    options = options with { List = true };
                    break;
                case "--micro":
                    options = options with { Micro = true };
                    break;
                case "--install":
                    options = options with { Install = true };
                    break;
                case "--write":
                    options = options with { Folder = next is null ? documents : Path.GetFullPath(next) };
                    i += next is null ? 0 : 1;
                    break;
                case IpcNamespace.Argument:
                    options = options with { OwnNamespace = true };
                    break;
                case "--help" or "-h":
                    options = options with { ShowsHelp = true };
                    break;
                default:
                    throw new ArgumentException($"'{args[i]}' is no option, or lacks its value.");
            }
        }

        if (options.Folder is not null && !options.IsWhole)
        {
            throw new ArgumentException("--write is for all rows: without --only and --micro.");
        }

        if (options.Folder == documents && options.Quick)
        {
            throw new ArgumentException("--quick is not for keeping: give --write a folder of its own.");
        }

        return options;
    }

    /// <summary>One figure for a whole run, another for a quick one.</summary>
    internal T Pick<T>(T whole, T quick) => Quick ? quick : whole;

    private static Regex ParseExpression(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant);
        }
        catch (RegexParseException exception)
        {
            throw new ArgumentException($"--only: {exception.Message}", exception);
        }
    }
}
