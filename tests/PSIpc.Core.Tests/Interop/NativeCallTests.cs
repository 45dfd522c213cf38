using System.Reflection;
using System.Runtime.InteropServices;
using PSIpc.Interop;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Core.Tests;

/// <summary>Whether every call of the C library exists where .NET runs, and what stands in for those that do not.</summary>
public sealed class NativeCallTests
{
    // Only macOS has these, or only macOS calls them: on Linux an object is a file, and the tests alone map one.
    private static readonly string[] NotOfLinux =
        ["fstat", "fstat$INODE64", "lstat", "lstat$INODE64", "shm_open", "shm_unlink", "sysctl", "sysctlbyname"];

    [Fact]
    public void Every_imported_name_exists_in_the_oldest_C_libraries()
    {
        string[] imported = [.. typeof(Libc).Assembly.GetTypes()
            .SelectMany(
                type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<DllImportAttribute>())
            .OfType<DllImportAttribute>()
            .Where(import => import.Value == "libc")
            .Select(import => import.EntryPoint!)
            .Distinct()
            .Order(StringComparer.Ordinal)];
        HashSet<string> exported = [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "PSIpc.Core.Tests", "Interop", "oldest-libc.txt"))
            .Where(line => !line.StartsWith('#'))
            .SelectMany(line => line.Split(' '))];

        Assert.Contains("shmget", imported);
        Assert.Empty(imported.Except(exported).Except(NotOfLinux));
        Assert.Empty(NotOfLinux.Except(imported));
    }

    [Fact]
    public void Stat_of_every_kernel_tells_what_statx_tells()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Both are calls of Linux.");
        foreach (string path in new[] { "/proc/self", "/dev/null", Environment.ProcessPath!, "/tmp" })
        {
            Assert.True(Libc.StatPath(path, out Statx stat).IsSuccess);
            Assert.True(Libc.LinuxStatAt(FcntlH.AT_FDCWD, path, FcntlH.AT_SYMLINK_NOFOLLOW, out Statx other).IsSuccess);

            Assert.Equal(Fields(stat), Fields(other));
        }

        static object Fields(in Statx stat) => (
            FileId.Of(
                stat), stat.LinkCount, stat.Uid, stat.Gid, stat.Mode, stat.Size, stat.Blocks, stat.ModifySeconds, stat.ModifyNanoseconds);
    }
}
