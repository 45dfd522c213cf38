using PSIpc.Interop;
using Xunit;

namespace PSIpc.Core.Tests;

public sealed class NativeErrorTests
{
    /// <summary>Errors of winerror.h, with the meaning that they have for shared memory.</summary>
    [Theory]
    [InlineData(0, nameof(Errno.None))]
    [InlineData(2, nameof(Errno.ENOENT))]
    [InlineData(3, nameof(Errno.ENOENT))]
    [InlineData(5, nameof(Errno.EACCES))]
    [InlineData(6, nameof(Errno.EISDIR))]
    [InlineData(8, nameof(Errno.ENOMEM))]
    [InlineData(14, nameof(Errno.ENOMEM))]
    [InlineData(1455, nameof(Errno.ENOMEM))]
    [InlineData(87, nameof(Errno.EINVAL))]
    [InlineData(123, nameof(Errno.EINVAL))]
    [InlineData(112, nameof(Errno.ENOSPC))]
    [InlineData(183, nameof(Errno.EEXIST))]
    public void An_error_of_Windows_has_a_portable_name(int raw, string name) =>
        Assert.Equal(name, NativeError.FromWindows(raw).ToString());

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void An_unknown_error_of_Windows_is_no_error_of_Linux(int raw) => Assert.Equal((Errno)(-raw), NativeError.FromWindows(raw));
}
