namespace PSIpc.Echo;

/// <summary>The checks of options that have a range.</summary>
internal static class OptionRange
{
    /// <summary>The longest timeout, which poll(2) and the timers of .NET share: 2^31 - 1 ms, almost 25 days.</summary>
    internal static readonly TimeSpan LongestTimeout = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <exception cref="IpcException">Thrown when the value is out of its range; null is in every range.</exception>
    internal static void Check(
        string name, long? value, long least, long most, IpcErrorReason reason = IpcErrorReason.EchoOptionInvalid)
    {
        if (value < least || value > most)
        {
            throw new IpcException(reason, $"{name} is {value}; it can be {least} to {most}.");
        }
    }

    /// <inheritdoc cref="Check(string, long?, long, long, IpcErrorReason)"/>
    internal static void Check(string name, TimeSpan? value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            throw new IpcException(IpcErrorReason.EchoOptionInvalid, $"{name} is {value}; it can be {least} to {most}.");
        }
    }

    /// <summary>Checks a timeout, which can also be <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    /// <exception cref="IpcException">Thrown when the timeout is out of its range.</exception>
    internal static void CheckTimeout(string name, TimeSpan value, TimeSpan least)
    {
        if (value != Timeout.InfiniteTimeSpan && (value < least || value > LongestTimeout))
        {
            throw new IpcException(
                IpcErrorReason.EchoOptionInvalid, $"{name} is {value}; it can be {least} to {LongestTimeout}, or infinite.");
        }
    }
}
