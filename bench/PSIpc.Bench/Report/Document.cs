using System.Globalization;
using System.Text;

namespace PSIpc.Bench;

/// <summary>Writes the page that keeps the figures, and the plots beside it.</summary>
internal static class Document
{
    private const string Introduction = """
        # Benchmarks

        Measured by the bench in this repository, which builds its peers, and written by it. To repeat it:

        ```sh
        ./build.ps1 -Task Bench                                 # in pwsh; or without it:
        dotnet run --project bench/PSIpc.Bench                  # --quick for a smoke test, --only REGEX for some rows
        dotnet run --project bench/PSIpc.Bench -- --write       # writes this page and its plots anew
        ```

        As root on Debian or Ubuntu, `--install` installs the peers that are missing; a peer that is missing is named in its row. As root
        the bench also runs in an IPC namespace of its own, where 4,000 segments disturb nobody.

        """;

    private const string Reading = """
        ## How to read it

        - PSIpc and its peer take turns: one, the other, the one again, after runs to warm up that do not count. *PSIpc* and *Peer* are the medians
          of their turns, *Ratio* is the first median over the second, and *Spread* is the least and the greatest ratio of a single pair of turns.
          Where the spread is wide, the machine was busy: repeat it.
        - Times are better when less, rates (`/s`) when more. *Goal* is the ratio to reach; "ahead" is a ratio below 1 for times and above 1 for rates.
        - Cmdlets run in a loop in one runspace, compiled and warm, timed from outside: `for (…) { $null = Read-SharedMemory … }`, the module as it
          ships. Perl, Python and C time their own loops in a process that is already running, so that starting them counts for nothing.
        - Each echo server is a process of its own, PSIpc's in pwsh, and the same load generator in C, which checks every byte, drives all of them.
        - *Allocated* is managed memory: for a call, all that the engine and the cmdlet allocate together, and beside it what the peer's loop
          allocates; for an echo server, what a longer load allocates beyond a shorter one, an exchange.
        - Large copies are of memory that both sides have touched before. The first touch of new memory is the kernel's work and much slower.

        - The rows `…-floor` and `import-manifest` have no peer that anyone would use instead. They put what cannot be taken away beside
          PSIpc: the engine's binding of the same parameters and the bare system calls, and the engine's reading of any manifest and view.
          Where a goal above them is missed, they say by how much it could be met at all.

        """;

    internal static void Write(string folder, Report report, string micro, string load)
    {
        Directory.CreateDirectory(folder);
        var page = new StringBuilder(Introduction);
        page.Append("## The machine\n\n").Append(Machine.Describe(load)).Append('\n');
        page.Append(Reading).Append("## The table\n\n").Append(report.Table).Append('\n');
        foreach (string missing in report.Missing)
        {
            page.Append(CultureInfo.InvariantCulture, $"Missing: {missing}.\n");
        }

        page.Append("\n## How cost grows\n\n");
        foreach (GrowthResult result in report.Growths)
        {
            page.Append(CultureInfo.InvariantCulture, $"### {result.Growth.Title}\n\nBeside: {result.Growth.Beside}.\n\n{Report.GrowthTable(result)}\n");
            if (result.Pairs.Count > 0)
            {
                string file = $"{result.Growth.Name}.svg";
                File.WriteAllText(Path.Combine(folder, file), SvgPlot.Draw(result));
                page.Append(CultureInfo.InvariantCulture, $"![{result.Growth.Title}]({file})\n\n");
            }
        }

        page.Append("## The library's parts\n\nBy BenchmarkDotNet, without PowerShell.\n\n").Append(micro.Trim()).Append('\n');
        File.WriteAllText(Path.Combine(folder, "benchmarks.md"), page.ToString());
    }
}
