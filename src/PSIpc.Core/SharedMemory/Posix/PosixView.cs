using Microsoft.Win32.SafeHandles;
using PSIpc.Interop;
using PSIpc.Objects;

namespace PSIpc.SharedMemory.Posix;

/// <summary>An open POSIX object, read and written through its descriptor.</summary>
internal sealed class PosixView(IpcAddress address, SharedMemoryAccess access, SafeFileHandle file)
    : SharedMemoryView(address, access)
{
    private readonly ulong _fileSizeLimit = access == SharedMemoryAccess.Read ? 0 : Libc.GetFileSizeLimit();

    public override bool IsClosed => file.IsClosed;

    public override long Size
    {
        get
        {
            ObjectDisposedException.ThrowIf(file.IsClosed, this);
            return PosixBackend.Check("lseek", Address, Libc.SeekEnd(file)).Value;
        }
    }

    internal override bool IsRemoved => Status.LinkCount == 0;

    private protected override FileId? File => FileId.Of(Status);

    private Statx Status
    {
        get
        {
            ObjectDisposedException.ThrowIf(file.IsClosed, this);
            PosixBackend.Check("statx", Address, Libc.StatDescriptor(file, out Statx stat));
            return stat;
        }
    }

    protected override void Dispose(bool disposing) => file.Dispose();

    private protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            nint count = PosixBackend.Check("pread", Address, Libc.PRead(file, destination, offset)).Value;
            if (count == 0)
            {
                throw SharedMemoryErrors.Changed(Address, offset, Size);
            }

            destination = destination[(int)count..];
            offset += count;
        }
    }

    private protected override void WriteCore(long offset, ReadOnlySpan<byte> source)
    {
        PosixBackend.CheckFileSize(Address, offset + source.Length, _fileSizeLimit);
        PosixBackend.WriteAll(file, Address, offset, source);
    }
}
