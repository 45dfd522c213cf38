using System.Globalization;

namespace PSIpc.TestSupport;

/// <summary>Keys and names that nobody else on the machine uses.</summary>
public static class TestAddress
{
    private static int s_counter = Random.Shared.Next(0x10000) << 8;

    /// <summary>A System V key of the tests' own range, 0x5exxxxxx.</summary>
    public static int NextKey() => 0x5e000000 | (Interlocked.Increment(ref s_counter) & 0xffffff);

    /// <summary>A name for an object, a socket or a pipe.</summary>
    public static string NextName() =>
        string.Create(CultureInfo.InvariantCulture, $"psipc-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_counter):x}");
}
