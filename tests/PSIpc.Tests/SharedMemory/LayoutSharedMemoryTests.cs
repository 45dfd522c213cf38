using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>A record of the tests, named in scripts.</summary>
public struct TestPoint
{
    public int X { get; set; }

    public double Y { get; set; }
}

public sealed class LayoutSharedMemoryTests : SharedMemoryCommandTests
{
    [Theory]
    [InlineData("[PSIpc.Tests.TestPoint]")]
    [InlineData("([PSIpc.Tests.TestPoint])")]
    [InlineData("'PSIpc.Tests.TestPoint'")]
    [InlineData("([PSIpc.Layout.MemoryLayout]::FromType([PSIpc.Tests.TestPoint]))")]
    [InlineData("'int X; double Y;'")]
    [InlineData("('struct point {', '  int X; // across', '  double Y;', '};')")]
    public void A_layout_is_C_a_type_its_name_or_a_layout(string layout)
    {
        SetVariable("point", new TestPoint { X = 3, Y = 0.5 });

        Assert.Equal(["3 0.5", "4 0.5"], Text($$"""
            $null = New-SharedMemory $key 16
            {{(layout.Contains("int X", StringComparison.Ordinal) ? "$point = @{ X = 3; Y = 0.5 }" : "")}}
            Write-SharedMemory $key -Layout {{layout}} -Value $point
            $r = Read-SharedMemory $key -Layout {{layout}}
            "$($r.X) $($r.Y)"
            Write-SharedMemory $key -Layout {{layout}} -Value @{ X = 4 }
            $r = Read-SharedMemory $key -Layout {{layout}}
            "$($r.X) $($r.Y)"
            """));
    }

    [Theory]
    [InlineData("-Key $key")]
    [InlineData("-Name $name")]
    public void Many_records_are_streamed(string address)
    {
        int count = TestTier.Choose(test: 20_000, ci: 100_000, soak: 100_000);
        long sum = ((long)count * (count - 1) / 2) - count;
        Assert.Equal(
            ["0", "1", $"{count / 1000}", "True", $"{count} {sum}"],
            Text($$"""
                $count = {{count}}
                $bytes = [byte[]]::new($count * 24)
                for ($i = 0; $i -lt $count; $i++) { [BitConverter]::GetBytes($i).CopyTo($bytes, $i * 24) }
                $null = New-SharedMemory {{address}} -Size $bytes.Length -Value $bytes

                # The first record comes before the last is read: what is written meanwhile shows.
                do {
                    Read-SharedMemory {{address}} -Layout 'int32_t id; double value; char name[8];' -Count $count | ForEach-Object {
                        if ($_.id -eq 0) { $_.id; Write-SharedMemory {{address}} -Offset (($count - 1) * 24) -Value -1 -As Int32 }
                        if ($_.id -eq 1) { $_.id; break }
                    }
                } while ($false)
                Write-SharedMemory {{address}} -Offset (($count - 1) * 24) -Value ($count - 1) -As Int32
                $sum = 0L; $n = 0

                # Other tests allocate at the same time: what counts is that the records behind the current one are free.
                $sample = [Collections.Generic.List[WeakReference]]::new()
                Read-SharedMemory {{address}} -Layout 'int32_t id; double value; char name[8];' -Count $count | ForEach-Object {
                    if ($n -eq 0) { Write-SharedMemory {{address}} -Offset (($count - 1) * 24) -Value -1 -As Int32 }
                    $sum += $_.id
                    if ($n++ % 1000 -eq 0) { $sample.Add([WeakReference]::new($_)) }
                    if ($n -eq $count) { [GC]::Collect(); $sample.Count; @($sample.Where({ $_.IsAlive })).Count -lt 10 }
                }
                "$n $sum"
                """));
    }

    [Fact]
    public async Task A_stopped_read_of_records_detaches()
    {
        Text("$null = New-SharedMemory $key 1MB");

        await Stop("Read-SharedMemory $key -Layout 'int a;' -Count 200000 | ForEach-Object { $global:begun.Set(); $_ }");

        Assert.Equal(["0"], Text("(Get-SharedMemory $key).AttachCount"));
    }
}
