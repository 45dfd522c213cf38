using System.Diagnostics;
using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>
/// How far the tests here go: <see cref="TestTier"/> says how many turns they take. A soak goes on for as many minutes as the environment
/// variable <c>PSIPC_SOAK_MINUTES</c> says. <c>PSIPC_SOAK_SEED</c> repeats what was random.
/// </summary>
internal static class Soak
{
    private static readonly double Minutes = Number("PSIPC_SOAK_MINUTES");

    /// <summary>What everything random begins with.</summary>
    internal static int Seed { get; } = Number("PSIPC_SOAK_SEED") is > 0 and var seed ? (int)seed : Random.Shared.Next(1, int.MaxValue);

    /// <summary>Takes turns: a fixed number, and in a soak on until its time is over.</summary>
    /// <param name="brief">How many turns by default.</param>
    /// <param name="full">At least how many in a soak; a tenth of them before a change is merged.</param>
    /// <param name="share">The part of the soak's minutes that is this test's; the shares of all tests add up to 1.</param>
    /// <param name="turn">One turn.</param>
    /// <returns>How many were taken.</returns>
    internal static async Task<int> Repeat(int brief, int full, double share, Func<int, Task> turn)
    {
        long begun = Stopwatch.GetTimestamp();
        int turns = TestTier.Choose(brief, Math.Max(brief, full / 10), full);
        int taken = 0;
        while (taken < turns || (TestTier.IsSoak && Stopwatch.GetElapsedTime(begun).TotalMinutes < Minutes * share))
        {
            await turn(taken++);
        }

        return taken;
    }

    /// <summary>Puts a figure into the test's output.</summary>
    internal static void Report(FormattableString figure) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{figure.ToString(CultureInfo.InvariantCulture)} (seed {Seed})");

    private static double Number(string variable) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number : 0;
}
