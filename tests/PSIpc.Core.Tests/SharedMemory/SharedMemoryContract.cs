using System.Text;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>What every kind of shared memory keeps, whatever the system calls it.</summary>
public abstract class SharedMemoryContract : IDisposable
{
    protected SharedMemoryScope Scope { get; } = new();

    /// <summary>Whether the system keeps an owner and a mode of it.</summary>
    protected virtual bool HasOwner => true;

    /// <summary>Whether the system lists it.</summary>
    protected virtual bool IsListed => true;

    protected abstract IpcAddress NewAddress();

    /// <summary>The size that the system keeps when so much is asked for.</summary>
    protected virtual long SizeOf(long asked) => asked;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Scope.Dispose();

    [Fact]
    public void Create_gives_a_snapshot_of_what_it_created()
    {
        IpcAddress address = NewAddress();

        SharedMemoryInfo info = Create(address, 1000);

        Assert.Equal((address.Kind.ToString(), address.Name, SizeOf(1000), true), (info.Kind, info.Name, info.Size, info.Created));
        Assert.Equal(address.Key, info.Key);
    }

    [Fact]
    public void Create_is_exclusive_and_says_what_is_there()
    {
        IpcAddress address = NewAddress();
        Create(address, 1000);

        Throws.Ipc(
            IpcErrorReason.SharedMemoryExists, () =>
                Create(address, 10), $"{SizeOf(1000)} bytes", HasOwner ? UserNames.Current : "exists already");

        Assert.Equal(SizeOf(1000), SharedMemoryObject.Get(address).Size);
    }

    [Fact]
    public void Create_opens_what_exists_when_that_is_allowed()
    {
        IpcAddress address = NewAddress();
        Create(address, 1000);
        Write(address, 0, "kept"u8);

        SharedMemoryInfo info = SharedMemoryObject.Create(address, new() { Size = 10, AllowExisting = true });

        Assert.Equal((SizeOf(1000), false), (info.Size, info.Created));
        Assert.Equal("kept", ReadText(address));
    }

    [Fact]
    public void Create_creates_when_existing_is_allowed_and_nothing_exists() =>
        Assert.True(SharedMemoryObject.Create(NewAddress(), new() { Size = 10, AllowExisting = true }).Created);

    [Fact]
    public void Create_refuses_an_existing_one_that_is_smaller()
    {
        IpcAddress address = NewAddress();
        Create(address, 1000);

        Throws.Ipc(
            IpcErrorReason.SharedMemorySizeMismatch,
            () => SharedMemoryObject.Create(address, new() { Size = SizeOf(1000) + 1, AllowExisting = true }),
            $"{SizeOf(1000)} bytes",
            $"{SizeOf(1000) + 1} were");

        Assert.Equal(SizeOf(1000), SharedMemoryObject.Get(address).Size);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Create_refuses_a_size_below_one(long size)
    {
        IpcAddress address = NewAddress();

        Throws.Ipc(IpcErrorReason.SharedMemorySizeInvalid, () => Create(address, size));

        AssertGone(address);
    }

    [Fact]
    public void Create_writes_the_content()
    {
        IpcAddress address = NewAddress();

        SharedMemoryObject.Create(address, new() { Size = 10, Content = "content"u8.ToArray() });

        Assert.Equal("content", ReadText(address));
    }

    [Fact]
    public void Create_with_content_that_does_not_fit_creates_nothing()
    {
        IpcAddress address = NewAddress();

        Throws.Ipc(
            IpcErrorReason.SharedMemoryValueTooLarge,
            () => SharedMemoryObject.Create(address, new() { Size = 3, Content = "four"u8.ToArray() }),
            "4 bytes",
            "3 bytes");

        AssertGone(address);
    }

    [Theory]
    [InlineData(0b110_110_110)]
    [InlineData(0b110_000_000)]
    [InlineData(0b110_100_100)]
    public void Create_sets_the_mode_as_given_whatever_the_umask(int mode)
    {
        IpcAddress address = NewAddress();
        Assert.SkipUnless(HasOwner, "It has no mode.");

        SharedMemoryObject.Create(address, new() { Size = 1, Mode = (UnixFileMode)mode });

        Assert.Equal(UnixMode.ToOctal((UnixFileMode)mode), SharedMemoryObject.Get(address).Mode);
    }

    [Fact]
    public void Create_gives_the_memory_to_its_owner_alone_unless_told_otherwise()
    {
        IpcAddress address = NewAddress();
        Assert.SkipUnless(HasOwner, "It has no mode.");

        Create(address, 1);

        Assert.Equal("0600", SharedMemoryObject.Get(address).Mode);
    }

    [Fact]
    public void New_memory_is_zero()
    {
        IpcAddress address = NewAddress();
        Create(address, 10_000);

        Assert.Equal(-1, ReadBytes(address, 0, 10_000).AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Size_is_what_the_system_keeps_and_not_a_byte_more()
    {
        IpcAddress address = NewAddress();
        Create(address, 4097);

        using SharedMemoryView view = SharedMemoryObject.Open(address);

        Assert.Equal(SizeOf(4097), view.Size);
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.Read(view.Size, new byte[1]), $"{SizeOf(4097)} bytes");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 100)]
    [InlineData(99, 1)]
    [InlineData(100, 0)]
    [InlineData(37, 42)]
    public void A_range_goes_in_and_out_and_touches_nothing_else(int offset, int count)
    {
        IpcAddress address = NewAddress();
        Create(address, 100);
        byte[] expected = [.. Enumerable.Repeat((byte)0xee, 100)];
        Write(address, 0, expected);
        byte[] range = new byte[count];
        Random.Shared.NextBytes(range);

        Write(address, offset, range);

        range.CopyTo(expected, offset);
        Assert.Equal(expected, ReadBytes(address, 0, 100));
        Assert.Equal(range, ReadBytes(address, offset, count));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(101, 0)]
    [InlineData(100, 1)]
    [InlineData(0, 101)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MinValue, 1)]
    public void A_range_past_an_end_is_refused_and_nothing_is_written(long offset, int count)
    {
        IpcAddress address = NewAddress();
        Create(address, 100);
        offset = Place(offset);
        count = (int)Place(count);
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.Read(offset, new byte[count]));
        IpcException refused = Assert.Throws<IpcException>(() => view.Write(offset, Enumerable.Repeat((byte)1, count).ToArray()));

        Assert.True(refused.Reason is IpcErrorReason.SharedMemoryOutOfRange or IpcErrorReason.SharedMemoryValueTooLarge);
        Assert.Equal(new byte[100], ReadBytes(address, 0, 100));
        Assert.Equal(SizeOf(100), view.Size);

        // What is past 100 bytes is as far past the end that the system keeps.
        long Place(long number) => number is >= 100 and < 1000 ? number - 100 + SizeOf(100) : number;
    }

    [Fact]
    public void A_view_for_reading_does_not_write()
    {
        IpcAddress address = NewAddress();
        Create(address, 10);
        using SharedMemoryView view = SharedMemoryObject.Open(address, SharedMemoryAccess.Read);

        Throws.Ipc(IpcErrorReason.SharedMemoryAccessDenied, () => view.Write(0, [1]));
    }

    [Fact]
    public void A_view_closes_once_and_then_refuses()
    {
        IpcAddress address = NewAddress();
        Create(address, 10);
        SharedMemoryView view = SharedMemoryObject.Open(address);

        view.Dispose();
        view.Dispose();

        Assert.Throws<ObjectDisposedException>(() => view.Size);
        Assert.Throws<ObjectDisposedException>(() => view.Read(0, new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => view.Write(0, [1]));
    }

    [Fact]
    public void A_view_says_what_it_is_and_whether_it_is_closed()
    {
        IpcAddress address = NewAddress();
        int? id = Create(address, 10).Id;
        SharedMemoryView view = SharedMemoryObject.Open(address, SharedMemoryAccess.Read);

        Assert.Equal((address.Kind.ToString(), address.Key, id, address.Name), (view.Kind, view.Key, view.Id, view.Name));
        Assert.Equal(("Read", address.ToString(), false), (view.Access, view.ToString(), view.IsClosed));
        view.Dispose();
        Assert.True(view.IsClosed);
    }

    [Fact]
    public void Who_has_it_is_seen_while_it_is_open()
    {
        IpcAddress address = NewAddress();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows it.");
        Create(address, 10);

        Assert.Empty(Users());
        using (SharedMemoryObject.Open(address))
        {
            Assert.Equal([Environment.ProcessId], Users());
            Assert.False(IsOrphan());
        }

        Assert.Empty(Users());

        int[] Users()
        {
            SharedMemoryInfo info = SharedMemoryObject.Get(address);
            return SharedMemoryObject.FindHolders([info]).Include(info).ProcessIds!;
        }

        bool? IsOrphan()
        {
            SharedMemoryInfo info = SharedMemoryObject.Get(address);
            return SharedMemoryObject.FindHolders([info]).IsOrphan(info);
        }
    }

    [Fact]
    public void Values_go_in_and_out_at_any_offset()
    {
        IpcAddress address = NewAddress();
        Create(address, 100);
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        view.Write(1, 0x0102030405060708);
        view.Write(33, double.NaN);
        view.Write(50, (Low: 1, High: ulong.MaxValue));

        Assert.Equal(0x0102030405060708, view.Read<long>(1));
        Assert.Equal(BitConverter.IsLittleEndian ? 8 : 1, view.Read<byte>(1));
        Assert.True(double.IsNaN(view.Read<double>(33)));
        Assert.Equal((1, ulong.MaxValue), view.Read<(int, ulong)>(50));
        Throws.Ipc(IpcErrorReason.SharedMemoryOutOfRange, () => view.Read<int>(view.Size - 3), $"{SizeOf(100)} bytes");
        Throws.Ipc(IpcErrorReason.SharedMemoryValueTooLarge, () => view.Write(view.Size - 3, 1), $"{SizeOf(100)} bytes");
    }

    [Fact]
    public void A_view_outlives_the_removal()
    {
        IpcAddress address = NewAddress();
        Create(address, 10);
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        SharedMemoryObject.Remove(address);
        view.Write(0, "still"u8);

        Assert.Equal("still", view.ReadText(0, null, Encoding.UTF8));
        AssertGone(address);
    }

    [Fact]
    public void What_was_removed_is_not_found()
    {
        IpcAddress address = NewAddress();
        Create(address, 10);

        SharedMemoryObject.Remove(address);

        AssertGone(address);
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Open(address));
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Remove(address));
    }

    [Fact]
    public void A_listing_has_it_as_often_as_it_exists()
    {
        IpcAddress address = NewAddress();

        Assert.Equal(0, Listed());
        Create(address, 10);
        Assert.Equal(IsListed ? 1 : 0, Listed());
        SharedMemoryObject.Remove(address);
        Assert.Equal(0, Listed());

        int Listed() =>
            SharedMemoryObject.List().Count(info => info.Name == address.Name && info.Key == address.Key && info.Size == SizeOf(10));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("us-ascii")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void Text_ends_at_the_first_NUL_of_the_encodings_own_width(string name)
    {
        IpcAddress address = NewAddress();
        Create(address, 100_000);
        var encoding = Encoding.GetEncoding(name);
        foreach (int length in new[] { 0, 1, 63, 64, 65, 127, 255, 256, 257, 1023, 5000, 20_000 })
        {
            string text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('A' + (i % 26))));
            using SharedMemoryView view = SharedMemoryObject.Open(address);
            view.Write(0, [.. Enumerable.Repeat((byte)'x', 100_000)]);
            view.Write(4, encoding.GetBytes(text + '\0'));

            Assert.Equal(text, view.ReadText(4, null, encoding));
        }
    }

    [Fact]
    public void Text_without_a_NUL_ends_where_the_memory_or_the_count_ends()
    {
        IpcAddress address = NewAddress();
        Create(address, 5);
        Write(address, 0, "abcde"u8);
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        Assert.Equal("abcde", view.ReadText(0, null, Encoding.UTF8));
        Assert.Equal("bc", view.ReadText(1, 2, Encoding.UTF8));
        Assert.Equal("", view.ReadText(5, null, Encoding.UTF8));
    }

    [Fact]
    public void Much_content_goes_in_and_out_byte_exact_and_is_copied_once()
    {
        int size = TestTier.Choose(test: 32, ci: 256, soak: 256) << 20;
        IpcAddress address = NewAddress();
        Assert.SkipWhen(
            address.Kind == IpcKind.SystemV && SharedMemoryObject.GetLimit().MaxSegmentBytes < (
                ulong)size, "The system allows no segment of that size.");
        Create(address, size);
        byte[] written = new byte[size];
        new Random(1).NextBytes(written);
        byte[] destination = new byte[size];
        using SharedMemoryView view = SharedMemoryObject.Open(address);

        view.Write(0, written);
        long before = GC.GetAllocatedBytesForCurrentThread();
        SharedMemoryValue.ReadInto(view, 0, null, destination);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(written.AsSpan().SequenceEqual(destination));

        // A collection meanwhile counts the rest of this thread's allocation context, up to 8 KB, as allocated.
        Assert.InRange(allocated, 0, 16 << 10);
    }

    [Fact]
    public void Ten_thousand_rounds_leave_nothing_behind()
    {
        IpcAddress address = NewAddress();
        Round();
        (int, int) before = Held();
        int descriptors = Leftovers.Descriptors();

        for (int i = 0; i < 10_000; i++)
        {
            Round();
        }

        AssertGone(address);
        Assert.Equal(before, Held());

        // The runtime opens and closes a few of its own meanwhile; a leak would be ten thousand.
        Assert.InRange(Leftovers.Descriptors(), 0, descriptors + 20);

        static (int, int) Held() => (Leftovers.SharedMappings(), Leftovers.Segments());

        void Round()
        {
            Create(address, 64);
            using (SharedMemoryView view = SharedMemoryObject.Open(address))
            {
                view.Write(0, "round\0"u8);
                Assert.Equal("round", view.ReadText(0, null, Encoding.UTF8));
            }

            SharedMemoryObject.Remove(address);
        }
    }

    [Fact]
    public async Task Closing_a_view_while_others_copy_through_it_never_crashes()
    {
        IpcAddress address = NewAddress();
        Create(address, 1 << 20);
        for (int round = 0; round < 50; round++)
        {
            SharedMemoryView view = SharedMemoryObject.Open(address);
            using var started = new Barrier(2);
            var reader = Task.Run(() =>
            {
                byte[] buffer = new byte[1 << 20];
                started.SignalAndWait();
                while (true)
                {
                    try
                    {
                        view.Read(0, buffer);
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            });
            started.SignalAndWait();
            view.Dispose();
            await reader.WaitAsync(ChildProcess.Patience);
        }
    }

    protected static SharedMemoryInfo Create(IpcAddress address, long size) => SharedMemoryObject.Create(address, new() { Size = size });

    protected static void Write(IpcAddress address, long offset, ReadOnlySpan<byte> bytes)
    {
        using SharedMemoryView view = SharedMemoryObject.Open(address);
        view.Write(offset, bytes);
    }

    protected static byte[] ReadBytes(IpcAddress address, long offset, int count)
    {
        using SharedMemoryView view = SharedMemoryObject.Open(address, SharedMemoryAccess.Read);
        byte[] bytes = new byte[count];
        view.Read(offset, bytes);
        return bytes;
    }

    protected static string ReadText(IpcAddress address)
    {
        using SharedMemoryView view = SharedMemoryObject.Open(address, SharedMemoryAccess.Read);
        return view.ReadText(0, null, Encoding.UTF8);
    }

    protected static void AssertGone(IpcAddress address) =>
        Throws.Ipc(IpcErrorReason.SharedMemoryNotFound, () => SharedMemoryObject.Get(address), address.ToString());
}
