using System.Diagnostics;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Waits for what another thread or process brings about.</summary>
internal static class Eventually
{
    public static void True(Func<bool> condition, string what)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < ChildProcess.Patience, $"Not within {ChildProcess.Patience}: {what}.");
            Thread.Sleep(1);
        }
    }
}
