using System.Net.Sockets;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.SharedMemory.Posix;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>The contract on POSIX objects, and what only they have.</summary>
[Collection(nameof(NotInParallel))]
public sealed class PosixTests : SharedMemoryContract
{
    protected override IpcAddress NewAddress()
    {
        Assert.SkipUnless(PosixBackend.IsSupported, "Objects are files of /dev/shm on Linux alone.");
        return Scope.NewName();
    }

    [Fact]
    public void Space_is_reserved_at_creation()
    {
        IpcAddress address = NewAddress();

        Assert.InRange(Create(address, 1 << 20).ResidentBytes!.Value, 1 << 20, (1 << 20) + 8192);
    }

    [Fact]
    public void More_than_is_free_is_refused_with_the_figure_and_leaves_nothing()
    {
        IpcAddress address = NewAddress();
        long free = SharedMemoryObject.GetLimit().PosixBytes!.Value;

        Throws.Ipc(IpcErrorReason.SharedMemoryNoSpace, () => Create(address, free + (1L << 40)), "bytes free");

        AssertGone(address);
    }

    [Fact]
    public void An_object_truncated_by_another_is_an_error_and_no_crash()
    {
        IpcAddress address = NewAddress();
        Create(address, 100_000);
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        File.WriteAllBytes(PathOf(address), new byte[10]);

        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.Read(50_000, new byte[1]), "10 bytes");
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.Write(50_000, [1]));
        Assert.Equal(10, view.Size);
    }

    [Fact]
    public void What_needs_a_mapping_is_refused()
    {
        IpcAddress address = NewAddress();
        Create(address, 100);
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        Throws.Ipc(IpcErrorReason.SharedMemoryNotMapped, () => view.AtomicLoadInt32(0), "descriptor");
        Throws.Ipc(IpcErrorReason.SharedMemoryNotMapped, () => view.UseSpan(0, 1, 0, static (_, _) => { }));
    }

    [Fact]
    public void A_socket_is_no_object()
    {
        IpcAddress address = NewAddress();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(PathOf(address)));
        try
        {
            Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Open(address));
            Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Lock(address, TimeSpan.Zero));
            Throws.Ipc(
                IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Create(address, new() { Size = 1, AllowExisting = true }));
        }
        finally
        {
            File.Delete(PathOf(address));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_link_is_not_followed(bool dangling)
    {
        IpcAddress address = NewAddress();
        string target = Path.GetTempFileName();
        if (dangling)
        {
            File.Delete(target);
        }

        File.CreateSymbolicLink(PathOf(address), target);
        try
        {
            Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Open(address));
            Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Get(address));
            Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Remove(address));
            Throws.Ipc(
                IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Create(address, new() { Size = 1, AllowExisting = true }));
            Assert.Equal(!dangling, File.Exists(target));
            Assert.DoesNotContain(SharedMemoryObject.List(), info => info.Name == address.Name);
        }
        finally
        {
            File.Delete(PathOf(address));
            File.Delete(target);
        }
    }

    [Fact]
    public void A_folder_is_no_object()
    {
        IpcAddress address = NewAddress();
        Directory.CreateDirectory(PathOf(address));
        try
        {
            Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Open(address));
            Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Open(address, SharedMemoryAccess.Read));
            Throws.Ipc(IpcErrorReason.SharedMemoryNotAnObject, () => SharedMemoryObject.Remove(address));
            Assert.True(Directory.Exists(PathOf(address)));
        }
        finally
        {
            Directory.Delete(PathOf(address));
        }
    }

    [Fact]
    public void An_existing_object_is_never_resized()
    {
        IpcAddress address = NewAddress();
        File.WriteAllBytes(PathOf(address), new byte[7]);

        Throws.Ipc(
            IpcErrorReason.SharedMemorySizeMismatch,
            () => SharedMemoryObject.Create(address, new() { Size = 8, AllowExisting = true }),
            "7 bytes");

        Assert.Equal(7, new FileInfo(PathOf(address)).Length);
    }

    [Fact]
    public async Task Of_many_who_create_at_once_one_creates_and_all_see_it_whole()
    {
        IpcAddress address = NewAddress();
        byte[] content = [.. Enumerable.Repeat((byte)7, 4096)];

        SharedMemoryInfo[] infos = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
        {
            SharedMemoryInfo info = SharedMemoryObject.Create(address, new() { Size = 4096, AllowExisting = true, Content = content });
            Assert.Equal(content, ReadBytes(address, 0, 4096));
            return info;
        })));

        Assert.Single(infos, info => info.Created == true);
    }

    [Fact]
    public void Semaphores_are_not_listed()
    {
        IpcAddress address = Scope.Remember(IpcAddress.FromName($"sem.{NewAddress().Name}"));
        File.WriteAllBytes(PathOf(address), new byte[32]);

        Assert.DoesNotContain(SharedMemoryObject.List(), info => info.Name == address.Name);
    }

    private static string PathOf(IpcAddress address) => $"/dev/shm/{address.Name}";

    [Fact]
    public void A_large_object_reports_what_is_reserved_and_a_cancellation_leaves_nothing()
    {
        IpcAddress address = NewAddress();
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAtSecondReport(cancellation);

        Assert.Throws<OperationCanceledException>(() =>
            SharedMemoryObject.Create(address, new() { Size = (128L << 20) + 1 }, progress, cancellation.Token));

        Assert.Equal([64L << 20, 128L << 20], progress.Reserved);
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Get(address));
    }

    private sealed class CancelAtSecondReport(CancellationTokenSource cancellation) : IProgress<long>
    {
        internal List<long> Reserved { get; } = [];

        public void Report(long value)
        {
            Reserved.Add(value);
            if (Reserved.Count == 2)
            {
                cancellation.Cancel();
            }
        }
    }
}
