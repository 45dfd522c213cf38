using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using PSIpc.Echo.Client;
using PSIpc.Echo.Load;
using PSIpc.Sockets;
using PSIpc.TestSupport;

namespace PSIpc.Reliability.Tests;

/// <summary>This test program as another process that calls an echo server, once for each line of a list of calls.</summary>
internal static class EchoCaller
{
    private const string Variable = "PSIPC_TEST_ECHO_CALLER";

    /// <summary>Starts one on the other host of a network.</summary>
    /// <param name="network">Where it starts.</param>
    /// <param name="calls">What it does: <see cref="Send"/> and <see cref="Measure"/>.</param>
    internal static ChildProcess Start(Network network, params string[] calls)
    {
        string[] line = [.. network.OnClient, Environment.ProcessPath!];
        return ChildProcess.Start(line[0], line[1..], new Dictionary<string, string?> { [Variable] = string.Join('\n', calls) });
    }

    /// <summary>Sends a message; the output is whether it came back, or the error and after how many milliseconds.</summary>
    internal static string Send(SocketEndpoint endpoint, long bytes, double timeout = 60, double connectTimeout = 60) =>
        string.Create(CultureInfo.InvariantCulture, $"send|{endpoint}|{bytes}|{timeout}|{connectTimeout}");

    /// <summary>
    /// Measures over 8 connections; the output is how many exchanges, errors, and unfinished exchanges there were, and which errors.
    /// </summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="bytes">The size of a message.</param>
    /// <param name="end">A count of exchanges, or a file: it goes on until that exists.</param>
    /// <param name="timeout">The seconds for an exchange.</param>
    /// <param name="connectTimeout">The seconds for a connection.</param>
    internal static string Measure(SocketEndpoint endpoint, int bytes, string end, double timeout = 60, double connectTimeout = 60) =>
        string.Create(CultureInfo.InvariantCulture, $"measure|{endpoint}|{bytes}|{timeout}|{connectTimeout}|{end}");

    // This comes before the test runner's own Main, which does not know of callers.
    [ModuleInitializer]
    internal static void CallIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } calls)
        {
            return;
        }

        foreach (string[] call in calls.Split('\n').Select(line => line.Split('|')))
        {
            long begun = Stopwatch.GetTimestamp();
            try
            {
                Console.Out.WriteLine(Call(call));
            }
            catch (IpcException exception)
            {
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{exception.Reason} {(int)Stopwatch.GetElapsedTime(begun).TotalMilliseconds}"));
            }
        }

        Environment.Exit(0);
    }

    private static string Call(string[] words)
    {
        var endpoint = SocketEndpoint.Parse(words[1]);
        long bytes = long.Parse(words[2], CultureInfo.InvariantCulture);
        var timeout = TimeSpan.FromSeconds(double.Parse(words[3], CultureInfo.InvariantCulture));
        var connectTimeout = TimeSpan.FromSeconds(double.Parse(words[4], CultureInfo.InvariantCulture));
        if (words[0] == "send")
        {
            return EchoClient.Send(
                endpoint,
                EchoPayload.Pattern(bytes),
                new()
                {
                    Timeout = timeout,
                    ConnectTimeout = connectTimeout,
                    SkipCertificateCheck = true,
                    KeepReply = false,
                }).Matches.ToString();
        }

        using var enough = new CancellationTokenSource();
        bool counts = int.TryParse(words[5], CultureInfo.InvariantCulture, out int count);
        EchoMeasurement measurement = EchoLoad.Run(
            endpoint,
            new()
            {
                Connections = 8,
                MessageBytes = (int)bytes,
                Count = counts ? count : null,
                Duration = counts ? null : TimeSpan.FromHours(1),
                ExchangeTimeout = timeout,
                ConnectTimeout = connectTimeout,
                Progress = new CallbackProgress<EchoLoadProgress>(_ =>
                {
                    if (!counts && File.Exists(words[5]))
                    {
                        enough.Cancel();
                    }
                }),
            },
            enough.Token);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{measurement.Exchanges} {measurement.ErrorCount} {measurement.Unfinished} {string.Join(' ', measurement.Errors.Keys)}");
    }
}
