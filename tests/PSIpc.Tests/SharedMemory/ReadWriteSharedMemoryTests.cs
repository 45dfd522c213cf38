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
}
