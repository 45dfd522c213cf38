using PSIpc.TestSupport;

namespace PSIpc.Core.Tests;

/// <summary>Addresses of a test's own; whatever still exists at one when the test ends is removed.</summary>
public sealed class SharedMemoryScope : IDisposable
{
    private readonly List<SharedMemoryAddress> _given = [];

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
