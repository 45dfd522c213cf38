using Xunit;

namespace PSIpc.Core.Tests;

public sealed class IpcExceptionTests
{
    [Fact]
    public void Keeps_the_reason_and_the_native_code()
    {
        var exception = new IpcException(IpcErrorReason.SharedMemoryNotFound, "no segment", 2);

        Assert.Equal(
            (IpcErrorReason.SharedMemoryNotFound, 2, "no segment"), (exception.Reason, exception.NativeErrorCode, exception.Message));
    }
}
