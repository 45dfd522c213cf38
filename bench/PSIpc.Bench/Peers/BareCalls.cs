using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PSIpc.Bench;

/// <summary>The system calls that a cmdlet stands on, and nothing else, from C#.</summary>
internal static unsafe partial class BareCalls
{
    private const string Library = "libc";
    private const int ReadOnly = 0x1000;  // SHM_RDONLY
    private const int ReadWrite = 2;      // O_RDWR
    private const int Inet = 2;           // AF_INET
    private const int Stream = 1;         // SOCK_STREAM
    private const int WriteSide = 1;      // SHUT_WR

    /// <summary>The seconds of one shmget, shmat, copy and shmdt, of so many.</summary>
    internal static double CopySeconds(int key, Span<byte> bytes, bool writes, int count)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            CopySegment(key, bytes, writes);
        }

        return Stopwatch.GetElapsedTime(begun).TotalSeconds / count;
    }

    /// <summary>shmget, shmat, a copy, and shmdt.</summary>
    internal static void CopySegment(int key, Span<byte> bytes, bool writes)
    {
        void* segment = shmat(Check(shmget(key, 0, 0)), null, writes ? 0 : ReadOnly);
        if (segment == (void*)-1)
        {
            throw new Win32Exception();
        }

        var there = new Span<byte>(segment, bytes.Length);
        if (writes)
        {
            bytes.CopyTo(there);
        }
        else
        {
            there.CopyTo(bytes);
        }

        Check(shmdt(segment));
    }

    /// <summary>open, pread or pwrite, and close.</summary>
    internal static void CopyObject(string path, Span<byte> bytes, bool writes)
    {
        int descriptor = Check(open(path, writes ? ReadWrite : 0, 0));
        fixed (byte* buffer = bytes)
        {
            Check((int)(writes ? pwrite(descriptor, buffer, bytes.Length, 0) : pread(descriptor, buffer, bytes.Length, 0)));
        }

        Check(close(descriptor));
    }

    /// <summary>The seconds of one connection that sends, half-closes and reads to the end, of so many.</summary>
    internal static double ExchangeSeconds(int port, ReadOnlySpan<byte> message, int count)
    {
        // struct sockaddr_in: family, port and address in network order, and eight bytes of zero.
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)Inet);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)port);
        BinaryPrimitives.WriteUInt32BigEndian(address[4..], 0x7f000001);
        Span<byte> reply = stackalloc byte[message.Length + 1];
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            Exchange(address, message, reply);
        }

        return Stopwatch.GetElapsedTime(begun).TotalSeconds / count;
    }

    private static void Exchange(ReadOnlySpan<byte> address, ReadOnlySpan<byte> message, Span<byte> reply)
    {
        int descriptor = Check(socket(Inet, Stream, 0));
        fixed (byte* to = address, from = message, into = reply)
        {
            Check(connect(descriptor, to, address.Length));
            if (send(descriptor, from, message.Length, 0) != message.Length)
            {
                throw new Win32Exception();
            }

            Check(shutdown(descriptor, WriteSide));
            int received = 0;
            for (int part; (part = Check((int)recv(descriptor, into + received, reply.Length - received, 0))) > 0;)
            {
                received += part;
            }

            if (!message.SequenceEqual(reply[..received]))
            {
                throw new InvalidOperationException("The echo is another.");
            }
        }

        Check(close(descriptor));
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception();

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmget(int key, nuint size, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial void* shmat(int id, void* address, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shmdt(void* address);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint pread(int descriptor, void* buffer, nint length, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint pwrite(int descriptor, void* buffer, nint length, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int connect(int descriptor, void* address, int length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint send(int descriptor, void* buffer, nint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint recv(int descriptor, void* buffer, nint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shutdown(int descriptor, int how);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int close(int descriptor);
}
