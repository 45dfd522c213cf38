namespace PSIpc.TestSupport;

/// <summary>The built command, as a user starts it.</summary>
public static class Psipc
{
    /// <summary>Runs it to its end with an empty standard input.</summary>
    /// <param name="arguments">Its arguments.</param>
    public static Task<ProcessResult> RunAsync(params string[] arguments) => ChildProcess.RunAsync(Repository.Psipc, (IEnumerable<string>)arguments);

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">The whole of its standard input.</param>
    /// <param name="environment">Variables to set, or with null to take away.</param>
    public static Task<ProcessResult> RunAsync(
        IEnumerable<string> arguments,
        string input,
        IReadOnlyDictionary<string, string?>? environment = null) =>
        ChildProcess.RunAsync(Repository.Psipc, arguments, input, environment);

    /// <summary>Starts it.</summary>
    /// <param name="arguments">Its arguments.</param>
    public static ChildProcess Start(params string[] arguments) => ChildProcess.Start(Repository.Psipc, arguments);
}
