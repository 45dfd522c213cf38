using PSIpc.Echo.Server;

namespace PSIpc.Reliability.Tests;

/// <summary>The counters of an <see cref="EchoServer"/> in another process, under its properties' names in short.</summary>
internal sealed record EchoServerCounters(
    long Active, long Total, long Refused, long Received, long Sent, long Messages, long IdleTimeouts, long Errors);
