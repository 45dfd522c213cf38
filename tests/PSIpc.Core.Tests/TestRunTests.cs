using System.Globalization;
using System.Runtime.CompilerServices;
using PSIpc.Objects;
using PSIpc.SharedMemory;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>What a test program starts and creates ends with it, however it was started and however it ends.</summary>
public sealed class TestRunTests
{
    private const string Variable = "PSIPC_TEST_ABANDONED";
    private const string Run = "PSIPC_TEST_RUN";

    [Fact]
    public async Task Killed_test_program_leaves_no_process_object_segment_or_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The guard finds processes in /proc.");

        // As a script's '&' starts it: SIGINT is ignored from the start.
        await using var program = ChildProcess.Start(
            "sh", ["-c", "trap '' INT QUIT; exec \"$0\"", Environment.ProcessPath!], new Dictionary<string, string?> { [Variable] = "1" });
        string[] made = (await program.WaitForLineAsync("made")).Split(' ')[1..];
        Assert.Equal([true, true, true, true, true, true], made.Select(Exists));
        const ulong InterruptAndQuit = 0b110;
        Assert.Equal(0u, IgnoredBy(made[0]) & InterruptAndQuit);
        Assert.Equal(InterruptAndQuit, IgnoredBy($"/proc/{program.Id}") & InterruptAndQuit);

        program.Kill();

        Eventually.True(() => !made.Any(Exists), string.Join(", ", made));
    }

    // This comes before the test runner's own Main, which does not know of such a program.
    [ModuleInitializer]
    internal static void MakeIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            return;
        }

        // A run of its own, as if it weren't started by another test program.
        Environment.SetEnvironmentVariable(Run, null);
        Environment.SetEnvironmentVariable(Variable, null);
        var child = ChildProcess.Start("sh", ["-c", "sleep 1000 & echo $!; wait"]);
        string grandchild = child.WaitForLineAsync().GetAwaiter().GetResult();
        string folder = new TemporaryFolder().FullPath;
        string name = TestAddress.NextName();
        int key = TestAddress.NextKey();
        SharedMemoryObject.Create(IpcAddress.FromName(name), new() { Size = 1 });
        SharedMemoryObject.Create(IpcAddress.FromKey(key), new() { Size = 1 });
        int pesterKey = int.Parse(TestRun.PesterEnvironment(share: 1)["PSIPC_TEST_FIRST_KEY"]!, CultureInfo.InvariantCulture);
        SharedMemoryObject.Create(IpcAddress.FromKey(pesterKey), new() { Size = 1 });
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"made /proc/{child.Id} /proc/{grandchild} {folder} /dev/shm/{name} {key} {pesterKey}"));
        Thread.Sleep(Timeout.Infinite);
    }

    // A process that ended and that nobody has waited for is still in /proc, without a command line.
    private static bool Exists(string what) => what.StartsWith("/proc/", StringComparison.Ordinal) ? Path.Exists(what) && HasCommandLine(
        what)
        : what.StartsWith('/') ? Path.Exists(what)
        : File.ReadLines("/proc/sysvipc/shm").Any(row => row.TrimStart().StartsWith($"{what} ", StringComparison.Ordinal));

    private static bool HasCommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline").Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static ulong IgnoredBy(string process) => Convert.ToUInt64(
        File.ReadLines($"{process}/status").First(
            line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim(), 16);
}
