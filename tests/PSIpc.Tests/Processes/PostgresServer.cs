using System.Globalization;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>
/// A PostgreSQL of the test's own: an unprivileged user's, in a temporary folder, reached through a socket there and by no port.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const int FastShutdown = 2;

    private readonly ChildProcess _process;
    private readonly string _folder;

    private PostgresServer(ChildProcess process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>Its first process, which made the segment.</summary>
    public int Id => _process.Id;

    /// <summary>Whom its processes run as.</summary>
    public string User { get; } = "nobody";

    public bool IsRunning => File.Exists(Path.Combine(_folder, "data", "postmaster.pid"));

    /// <param name="memory">Its <c>shared_memory_type</c>: <c>mmap</c>, with one small segment, or <c>sysv</c>, with everything in
    /// one.</param>
    public static async Task<PostgresServer> StartAsync(string memory)
    {
        Tool.RequireRoot();
        string setpriv = Tool.Require("setpriv", "util-linux");
        string? binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
                .LastOrDefault(bin => File.Exists(Path.Combine(bin, "postgres")))
            : null;
        Assert.SkipWhen(binaries is null, "PostgreSQL is not installed (Debian package postgresql).");

        string folder = Directory.CreateTempSubdirectory(TestRun.Prefix).FullName;
        string data = Path.Combine(folder, "data");
        string[] user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        var environment = new Dictionary<string, string?> { ["HOME"] = folder, ["LC_ALL"] = "C.UTF-8", ["PGDATA"] = null };
        try
        {
            await Run("chown", ["65534:65534", folder]);
            await Run(setpriv, [.. user, Path.Combine(binaries, "initdb"), "--pgdata", data, "--no-sync", "--auth=trust"], environment);
            string[] settings = ["listen_addresses=", $"unix_socket_directories={folder}", $"shared_memory_type={memory}",
                "shared_buffers=1MB", "fsync=off"];
            var process = ChildProcess.Start(
                setpriv, [.. user, "sh", "-c", "exec \"$0\" \"$@\" 2>&1", Path.Combine(binaries, "postgres"), "-D", data,
                    .. settings.SelectMany(setting => new[] { "-c", setting })], environment);
            var server = new PostgresServer(process, folder);
            try
            {
                await process.WaitForLineAsync("ready to accept connections");
                return server;
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
        catch
        {
            Delete(folder);
            throw;
        }
    }

    /// <summary>Its first process and that one's children, as they are now.</summary>
    public int[] ProcessIds() =>
    [
        Id,
        .. File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/task/{Id}/children"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Shuts it down as its manual says, so that it removes its own segment.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Signal(FastShutdown);
        try
        {
            await _process.WaitForExitAsync();
        }
        finally
        {
            await _process.DisposeAsync();
            Delete(_folder);
        }
    }

    private static async Task Run(string file, string[] arguments, Dictionary<string, string?>? environment = null)
    {
        ProcessResult result = await ChildProcess.RunAsync(file, arguments, environment: environment);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
