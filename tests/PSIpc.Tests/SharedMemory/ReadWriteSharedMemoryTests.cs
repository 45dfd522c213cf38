using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Xunit;

namespace PSIpc.Tests;

public sealed class ReadWriteSharedMemoryTests : SharedMemoryCommandTests
{
    [Fact]
    public void A_quarter_of_a_gigabyte_is_byte_exact()
    {
        Assert.Equal(["True"], Text("""
            $bytes = [byte[]]::new(256MB); [Random]::new(1).NextBytes($bytes)
            $back = [byte[]]::new(256MB)
            $null = New-SharedMemory $key 256MB -Value $bytes
            Read-SharedMemory $key -Destination $back
            [Linq.Enumerable]::SequenceEqual[byte]($bytes, $back)
            """));
    }

    [Fact]
    public void Read_by_key_reaches_the_system_call_in_nine_calls()
    {
        List<string> calls = [];
        AppDomain.CurrentDomain.FirstChanceException += Note;
        try
        {
            Fails("Read-SharedMemory -Key $key", "SharedMemoryNotFound");
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Note;
        }

        // The backend's own call of the C library comes last.
        calls.RemoveRange(0, calls.FindIndex(call => call.EndsWith("SystemVBackend.Open", StringComparison.Ordinal)));
        Assert.Equal("ProcessRecord", calls[^1].Split('.')[^1]);
        Assert.True(calls.Count + 1 <= 9, string.Join('\n', calls));

        // The event is raised on the thread that throws, before its stack is left: the innermost call is first.
        void Note(object? sender, FirstChanceExceptionEventArgs error)
        {
            if (calls.Count == 0 && error.Exception.GetType().FullName == "PSIpc.IpcException")
            {
                calls.AddRange(new StackTrace().GetFrames()
                    .Select(frame => frame.GetMethod())
                    .Where(method => method?.DeclaringType?.Assembly == error.Exception.GetType().Assembly
                        || method?.DeclaringType?.Assembly.GetName().Name == "PSIpc")
                    .Select(method => $"{method!.DeclaringType!.FullName}.{method.Name}"));
            }
        }
    }
}
