using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Addresses of a test's own; whatever still exists at one when the test ends is removed.</summary>
public sealed class SharedMemoryScope : IDisposable
{
    private readonly List<SharedMemoryAddress> _given = [];

    /// <summary>The kinds of this system.</summary>
    public static TheoryData<SharedMemoryKind> Kinds { get; } =
        OperatingSystem.IsWindows() ? [SharedMemoryKind.WindowsSection] : [SharedMemoryKind.SystemV, SharedMemoryKind.Posix];

    /// <summary>The kind that has names here.</summary>
    public static SharedMemoryKind Named => OperatingSystem.IsWindows() ? SharedMemoryKind.WindowsSection : SharedMemoryKind.Posix;

    /// <summary>An address of a kind; the test is skipped where the system has no such memory.</summary>
    public SharedMemoryAddress New(SharedMemoryKind kind)
    {
        Assert.SkipUnless(
            (kind == SharedMemoryKind.WindowsSection) == OperatingSystem.IsWindows(),
            $"{kind} shared memory is another system's.");
        return kind == SharedMemoryKind.SystemV ? NewKey() : NewName();
    }

    public SharedMemoryAddress NewKey() => Remember(SharedMemoryAddress.FromKey(TestAddress.NextKey()));

    public SharedMemoryAddress NewName() => Remember(SharedMemoryAddress.FromName(TestAddress.NextName()));

    public SharedMemoryAddress Remember(SharedMemoryAddress address)
    {
        _given.Add(address);
        return address;
    }

    public void Dispose()
    {
        foreach (SharedMemoryAddress address in _given)
        {
            try
            {
                SharedMemory.Remove(address);
            }
            catch (IpcException exception) when (exception.Reason
                is IpcErrorReason.SharedMemoryNotFound or IpcErrorReason.SharedMemoryMarkedForRemoval or IpcErrorReason.SharedMemoryNotAnObject)
            {
                // The test removed it itself.
            }
        }
    }
}
