using PSIpc.Objects;
using PSIpc.SharedMemory;
using Xunit;

namespace PSIpc.TestSupport;

/// <summary>Addresses of a test's own; whatever still exists at one when the test ends is removed.</summary>
public sealed class SharedMemoryScope : IDisposable
{
    private readonly List<IpcAddress> _given = [];

    /// <summary>The kinds of this system.</summary>
    public static TheoryData<IpcKind> Kinds { get; } =
        OperatingSystem.IsWindows() ? [IpcKind.Windows] : [IpcKind.SystemV, IpcKind.Posix];

    /// <summary>The kind that has names here.</summary>
    public static IpcKind Named => OperatingSystem.IsWindows() ? IpcKind.Windows : IpcKind.Posix;

    /// <summary>An address of a kind; the test is skipped where the system has no such memory.</summary>
    public IpcAddress New(IpcKind kind)
    {
        Assert.SkipUnless(
            (kind == IpcKind.Windows) == OperatingSystem.IsWindows(),
            $"{kind} shared memory is another system's.");
        return kind == IpcKind.SystemV ? NewKey() : NewName();
    }

    public IpcAddress NewKey() => Remember(IpcAddress.FromKey(TestAddress.NextKey()));

    public IpcAddress NewName() => Remember(IpcAddress.FromName(TestAddress.NextName()));

    public IpcAddress Remember(IpcAddress address)
    {
        _given.Add(address);
        return address;
    }

    public void Dispose()
    {
        foreach (IpcAddress address in _given)
        {
            try
            {
                SharedMemoryObject.Remove(address);
            }
            catch (IpcException exception) when (exception.Reason
                is IpcErrorReason.SharedMemoryNotFound or IpcErrorReason.SharedMemoryMarkedForRemoval or IpcErrorReason.SharedMemoryNotAnObject)
            {
                // The test removed it itself.
            }
        }
    }
}
