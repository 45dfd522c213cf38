using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace PSIpc.Reliability.Tests;

/// <summary>
/// How far the tests here go: a short form by default, and a long one for as many minutes as the environment variable
/// <c>PSIPC_SOAK_MINUTES</c> says. <c>PSIPC_SOAK_SEED</c> repeats what was random.
/// </summary>
internal static class Soak
{
    private static readonly double Minutes = Number("PSIPC_SOAK_MINUTES");

    /// <summary>Whether this is the long form.</summary>
    internal static bool IsLong => Minutes > 0;

    /// <summary>What everything random begins with.</summary>
    internal static int Seed { get; } = Number("PSIPC_SOAK_SEED") is > 0 and var seed ? (int)seed : Random.Shared.Next(1, int.MaxValue);

    /// <summary>Takes turns: a fixed number in the short form; in the long one at least another number, and on until its time is over.</summary>
    /// <param name="brief">How many turns in the short form.</param>
    /// <param name="full">At least how many in the long form.</param>
    /// <param name="share">The part of the long form's minutes that is this test's; the shares of all tests add up to 1.</param>
    /// <param name="turn">One turn.</param>
    /// <returns>How many were taken.</returns>
    internal static async Task<int> Repeat(int brief, int full, double share, Func<int, Task> turn)
    {
        long begun = Stopwatch.GetTimestamp();
        int taken = 0;
        while (taken < (IsLong ? full : brief) || (IsLong && Stopwatch.GetElapsedTime(begun).TotalMinutes < Minutes * share))
        {
            await turn(taken++);
        }

        return taken;
    }

    /// <summary>Puts a figure into the test's output.</summary>
    internal static void Report(FormattableString figure) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{figure.ToString(CultureInfo.InvariantCulture)} (seed {Seed})");

    private static double Number(string variable) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : 0;
}
