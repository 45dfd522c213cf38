using System.Globalization;

namespace PSIpc.TestSupport;

/// <summary>Keys and names that nobody else on the machine uses.</summary>
public static class TestAddress
{
    private static int s_counter;

    /// <summary>A System V key of the tests' own range, 0x5exxxxxx.</summary>
    public static int NextKey() => TestRun.Key(Interlocked.Increment(ref s_counter));

    /// <summary>A name for an object, a socket or a pipe.</summary>
    public static string NextName() =>
        string.Create(CultureInfo.InvariantCulture, $"{TestRun.Prefix}{Interlocked.Increment(ref s_counter):x}");
}
