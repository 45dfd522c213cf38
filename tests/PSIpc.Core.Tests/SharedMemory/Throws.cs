using Xunit;

namespace PSIpc.Core.Tests;

internal static class Throws
{
    /// <summary>Asserts that an exception of the core comes, with this reason and with every one of these texts in its message.</summary>
    public static IpcException Ipc(IpcErrorReason reason, Action action, params string[] words)
    {
        IpcException exception = Assert.Throws<IpcException>(action);
        Assert.Equal(reason, exception.Reason);
        Assert.All(words, word => Assert.Contains(word, exception.Message, StringComparison.Ordinal));
        return exception;
    }
}
