using System.Globalization;

namespace PSIpc.Bench;

/// <summary>What the load generator in C (<c>bench/peers/echo_load.c</c>) found.</summary>
/// <param name="Rate">Exchanges a second.</param>
/// <param name="P99">The seconds that 99 of 100 exchanges took at most.</param>
internal sealed record EchoLoad(double Rate, double P99)
{
    /// <summary>Keeps connections busy, and checks every byte.</summary>
    internal static EchoLoad Run(int port, long connections, int bytes, double seconds) => Run(port, connections, bytes, seconds, []);

    /// <summary>The same with a connection an exchange: connect, send, half-close, read to the end.</summary>
    internal static EchoLoad RunConnecting(int port, long connections, int bytes, double seconds) =>
        Run(port, connections, bytes, seconds, ["connect"]);

    private static EchoLoad Run(int port, long connections, int bytes, double seconds, string[] more)
    {
        string[] arguments = [.. new FormattableString[] { $"{port}", $"{connections}", $"{bytes}", $"{seconds}" }.Select(FormattableString.Invariant)];
        string[] output = Programs.Run(Programs.C("bench/peers/echo_load.c"), ["127.0.0.1", .. arguments, .. more]).Split(' ');
        return new EchoLoad(
            double.Parse(output[0], CultureInfo.InvariantCulture), double.Parse(output[2], CultureInfo.InvariantCulture) / 1e6);
    }
}
