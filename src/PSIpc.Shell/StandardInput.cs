using System.Collections.Concurrent;
using System.Management.Automation.Language;

namespace PSIpc.Shell;

/// <summary>The lines of a redirected standard input, as the pipeline's input of a script that uses <c>$input</c>.</summary>
internal static class StandardInput
{
    /// <summary>Begins to read; gives nothing, and leaves the input to <c>[Console]::In</c>, where the script does not use it.</summary>
    internal static BlockingCollection<string>? For(Func<ScriptBlockAst> parse)
    {
        if (!Console.IsInputRedirected || !UsesInput(parse()))
        {
            return null;
        }

        var lines = new BlockingCollection<string>();
        new Thread(() => Read(lines)) { IsBackground = true, Name = "Standard input" }.Start();
        return lines;
    }

    private static bool UsesInput(ScriptBlockAst script) => script.Find(
        ast => ast is VariableExpressionAst variable && variable.VariablePath.UserPath.Equals("input", StringComparison.OrdinalIgnoreCase),
        searchNestedScriptBlocks: false) is not null;

    private static void Read(BlockingCollection<string> lines)
    {
        try
        {
            while (Console.In.ReadLine() is { } line)
            {
                lines.Add(line);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // The input went away, or the script ended without reading on.
        }
        finally
        {
            lines.CompleteAdding();
        }
    }
}
