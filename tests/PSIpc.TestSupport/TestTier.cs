namespace PSIpc.TestSupport;

/// <summary>How thorough a test run is: <c>dotnet test</c>, <c>.ci/run</c>, or a soak before a release.</summary>
public static class TestTier
{
    private static readonly string Name = Environment.GetEnvironmentVariable("PSIPC_TIER") ?? "";

    /// <summary>Gets a value that indicates whether this run is <c>.ci/run</c> or a soak.</summary>
    public static bool IsThorough => Name is "ci" or "soak";

    /// <summary>Gets a value that indicates whether this run is a soak.</summary>
    public static bool IsSoak => Name == "soak";

    /// <summary>Returns the count for the tier that the variable <c>PSIPC_TIER</c> names.</summary>
    /// <param name="test">The count for <c>dotnet test</c>, where the variable is not set.</param>
    /// <param name="ci">The count for <c>ci</c>.</param>
    /// <param name="soak">The count for <c>soak</c>.</param>
    /// <exception cref="InvalidOperationException">The variable has another value.</exception>
    public static int Choose(int test, int ci, int soak) => Name switch
    {
        "" or "test" => test,
        "ci" => ci,
        "soak" => soak,
        _ => throw new InvalidOperationException($"PSIPC_TIER is '{Name}'; it can be 'test', 'ci', or 'soak'."),
    };
}
