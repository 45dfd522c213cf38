using System.Diagnostics;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Waits for what another thread or process brings about.</summary>
internal static class Eventually
{
    public static void True(Func<bool> condition, string what, int seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        if (!SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(seconds)))
        {
            Assert.Fail($"Not within {watch.Elapsed.TotalSeconds:F1} s: {what}.");
        }
    }
}
