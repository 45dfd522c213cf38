using System.Diagnostics;
using Xunit;

namespace PSIpc.TestSupport;

/// <summary>Waits for what another thread or process does, at most for <see cref="ChildProcess.Patience"/>.</summary>
public static class Eventually
{
    /// <summary>Waits until a condition is true. The test fails when it does not become true.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="what">What the condition says, for the failure.</param>
    public static void True(Func<bool> condition, string what) => True(condition, () => what);

    /// <summary>Waits until a condition is true. The test fails when it does not become true.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="describe">Returns the text of the failure.</param>
    public static void True(Func<bool> condition, Func<string> describe)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            AssertInTime(begun, describe);
            Thread.Sleep(1);
        }
    }

    /// <summary>Reads a value until it satisfies a condition, and returns it. The test fails when it does not.</summary>
    /// <param name="read">Reads the value.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="describe">Returns the text of the failure for the last value.</param>
    public static async Task<T> ReturnsAsync<T>(Func<Task<T>> read, Func<T, bool> condition, Func<T, string> describe)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            T value = await read();
            if (condition(value))
            {
                return value;
            }

            AssertInTime(begun, () => describe(value));
            await Task.Delay(20);
        }
    }

    private static void AssertInTime(long begun, Func<string> describe)
    {
        if (Stopwatch.GetElapsedTime(begun) >= ChildProcess.Patience)
        {
            Assert.Fail($"Not within {ChildProcess.Patience}: {describe()}");
        }
    }
}
