using System.Text;
using BenchmarkDotNet.Attributes;
using PSIpc.Layout;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;

namespace PSIpc.Bench.Micro;

/// <summary>What the shared memory cmdlets stand on.</summary>
public class SharedMemoryParts
{
    private const int Size = 4096;
    private const int Records = 100;
    private const string Declaration = "int32_t id; double value; int64_t ticks; uint16_t kind; float ratio; uint32_t flags;";

    private static readonly IpcAddress s_key = IpcAddress.FromKey(TestAddress.NextKey());
    private static readonly IpcAddress s_name = IpcAddress.FromName(TestAddress.NextName());

    private readonly byte[] _bytes = new byte[64];
    private MemoryLayout? _layout;
    private SharedMemoryView? _attached;
    private SharedMemoryView? _descriptor;

    /// <summary>Makes a segment and an object, and opens both.</summary>
    [GlobalSetup]
    public void Create()
    {
        Array.Fill(_bytes, (byte)'x', 0, _bytes.Length - 1);
        var request = new SharedMemoryRequest { Size = Size, Content = _bytes };
        SharedMemoryObject.Create(s_key, request);
        SharedMemoryObject.Create(s_name, request);
        _attached = SharedMemoryObject.Open(s_key);
        _descriptor = SharedMemoryObject.Open(s_name);
        _layout = MemoryLayout.Parse(Declaration);
    }

    /// <summary>Removes both.</summary>
    [GlobalCleanup]
    public void Remove()
    {
        _attached?.Dispose();
        _descriptor?.Dispose();
        RemoveObjects();
    }

    /// <summary>64 bytes out of an attached segment.</summary>
    [Benchmark]
    public void ReadAttached() => _attached!.Read(0, _bytes);

    /// <summary>64 bytes into an attached segment.</summary>
    [Benchmark]
    public void WriteAttached() => _attached!.Write(64, _bytes);

    /// <summary>64 bytes out of an open POSIX object.</summary>
    [Benchmark]
    public void ReadOpenObject() => _descriptor!.Read(0, _bytes);

    /// <summary>64 bytes into an open POSIX object.</summary>
    [Benchmark]
    public void WriteOpenObject() => _descriptor!.Write(64, _bytes);

    /// <summary>63 characters up to their NUL.</summary>
    [Benchmark]
    public string ReadText() => _attached!.ReadText(0, null, Encoding.UTF8);

    /// <summary>shmget, IPC_STAT, shmat, 64 bytes, shmdt.</summary>
    [Benchmark]
    public void AttachReadDetach()
    {
        using SharedMemoryView view = SharedMemoryObject.Open(s_key, SharedMemoryAccess.Read);
        view.Read(0, _bytes);
    }

    /// <summary>shm_open, fstat, 64 bytes, close.</summary>
    [Benchmark]
    public void OpenReadClose()
    {
        using SharedMemoryView view = SharedMemoryObject.Open(s_name, SharedMemoryAccess.Read);
        view.Read(0, _bytes);
    }

    /// <summary>An atomic addition in an attached segment.</summary>
    [Benchmark]
    public long AtomicAdd() => _attached!.AtomicAddInt64(128, 1);

    /// <summary>100 records of six fields as objects.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public int DecodeRecord() => _attached!.ReadRecords(_layout!, 0, Records).Count();

    internal static void RemoveObjects()
    {
        SharedMemoryObject.Remove(s_key);
        SharedMemoryObject.Remove(s_name);
    }
}
