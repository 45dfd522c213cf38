using System.Globalization;
using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>The guide to many machines, every block of it, over SSH to a real <c>sshd</c> that is all of them.</summary>
public sealed partial class FleetTests : SharedMemoryCommandTests
{
    [Fact]
    public async Task Every_block_of_the_guide_runs_over_ssh()
    {
        using var folder = new TemporaryFolder();
        using ChildProcess sshd = await StartServer(folder);
        string guide = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "fleet.md"), TestContext.Current.CancellationToken);
        IReadOnlyList<HelpBlock> blocks = HelpBlock.Read(guide);
        string path = $"{folder.FullPath}:{Environment.GetEnvironmentVariable("PATH")}";

        ProcessResult result = await Pwsh.RunAsync(
            $"$env:PATH = '{path}'\n$env:PSModulePath = '{Repository.Modules}:' + "
                + $"$env:PSModulePath\n{Own(HelpBlock.Join(blocks, "powershell"))}",
            TimeSpan.FromMinutes(3));

        Assert.True((result.ExitCode, result.Error) is (0, ""), $"{result.Output}\n{result.Error}\n{sshd.Output}");
        Assert.Equal(Own(HelpBlock.Join(blocks, "output")), SomebodyElses().Replace(SshMessage().Replace(result.Output, ""), ""));
        Fails("Get-SharedMemory $key", "SharedMemoryNotFound");
    }

    private string Own(string text) => text
        .Replace("1234", Key, StringComparison.Ordinal)
        .Replace("-Address web1", "-Address 127.0.0.1", StringComparison.Ordinal)
        .Replace("-Address 0.0.0.0", "-Address 127.0.0.1", StringComparison.Ordinal);

    // On a port of its own, with keys of its own, and nothing of the machine's configuration.
    private static async Task<ChildProcess> StartServer(TemporaryFolder folder)
    {
        string sshd = Tool.Require("sshd", "openssh-server");
        string ssh = Tool.Require("ssh", "openssh-client");
        foreach (string key in new[] { "host", "client" })
        {
            ProcessResult made = await ChildProcess.RunAsync(
                Tool.Require("ssh-keygen", "openssh-client"), ["-q", "-t", "ed25519", "-N", "", "-f", folder.PathOf(key)]);
            Assert.True(made.ExitCode == 0, made.Error);
        }

        string port = TestAddress.FreePort().ToString(CultureInfo.InvariantCulture);
        string configuration = folder.Write("sshd_config", $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {folder.PathOf("host")}
            AuthorizedKeysFile {folder.PathOf("client.pub")}
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            SetEnv PSModulePath={Repository.Modules} POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
            Subsystem powershell {Pwsh.Path} -sshs -NoLogo

            """);

        // What a user has in ~/.ssh/config; ssh looks for that by the user database and not by HOME.
        folder.Write("ssh_config", $"""
            Host web1 web2
                HostName 127.0.0.1
                Port {port}
                IdentityFile {folder.PathOf("client")}
                IdentitiesOnly yes
                UserKnownHostsFile {folder.PathOf("known_hosts")}
                StrictHostKeyChecking accept-new
                LogLevel ERROR
            Host web3
                HostName 127.0.0.1
                Port {TestAddress.FreePort()}

            """);
        File.SetUnixFileMode(folder.Write("ssh", $"#!/bin/sh\nexec {ssh} -F {folder.PathOf("ssh_config")} \"$@\"\n"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // Where it runs as root it wants /run/sshd, which its service would make: here it has a /run of its own.
        string[] start = [sshd, "-D", "-e", "-f", configuration];
        return Environment.IsPrivilegedProcess
            ? ChildProcess.StartListening(
                "unshare",
                "util-linux",
                ["--mount", "sh", "-c", "mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec \"$@\"", "sh", .. start],
                @"^Server listening on 127\.0\.0\.1 port (?<port>\d+)")
            : ChildProcess.StartListening(start[0], "openssh-server", start[1..], @"^Server listening on 127\.0\.0\.1 port (?<port>\d+)");
    }

    // pwsh passes on what ssh says of web3.
    [GeneratedRegex("^ssh: .*\n", RegexOptions.Multiline)]
    private static partial Regex SshMessage();

    // The guide looks for orphans on the whole machine, on which others may have some, or processes that nobody can look into.
    [GeneratedRegex(@"^(WARNING: \d+ that may be orphans|What if: ).*\n", RegexOptions.Multiline)]
    private static partial Regex SomebodyElses();
}
