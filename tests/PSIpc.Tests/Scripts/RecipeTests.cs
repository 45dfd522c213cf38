using System.Globalization;
using System.Text.RegularExpressions;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>
/// The recipes of <c>examples/ci</c> against the C program that comes with them: each passes when it should, and fails when it should.
/// </summary>
public sealed partial class RecipeTests : SharedMemoryCommandTests
{
    private const string Program = "examples/ci/service.c";

    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "ci");

    // Also where the tests themselves run there.
    private static readonly Dictionary<string, string?> NotOnGitHub = new() { ["GITHUB_ACTIONS"] = null };

    public static TheoryData<string> Scripts =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "examples"), "*.ps1", SearchOption.AllDirectories)
        .Append(Path.Combine(Repository.Root, "build.ps1"))
        .Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_has_help_and_a_recipe_an_example(string script) =>
        Assert.Equal(["True", "True"], Text($$"""
            $help = Get-Help '{{Path.Combine(Repository.Root, script)}}'
            $help.Synopsis.EndsWith('.')
            [bool] $help.examples -or '{{script}}' -notlike 'examples/ci/*'
            """));

    [Fact]
    public void The_topic_and_the_readme_name_every_recipe()
    {
        string[] recipes = [.. Directory.GetFiles(Folder).Select(path => Path.GetFileName(path))];
        string topic = HelpTopic.Read("about_PSIpc_CI");

        Assert.All(recipes, recipe => Assert.Contains(recipe, topic, StringComparison.Ordinal));
        Assert.Contains("(examples/ci)", File.ReadAllText(Path.Combine(Repository.Root, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_the_segment_ends_when_the_service_is_ready()
    {
        await using ChildProcess recipe = Start("wait-for-segment.ps1", Key, "-TimeoutSec", "50");
        await using ChildProcess service = Service(Program);

        ProcessResult result = await recipe.WaitForExitAsync();

        Assert.Equal((0, "", $"ready: build 1.4.2, process {service.Id}\n"), (result.ExitCode, result.Error, result.Output));
    }

    [Fact]
    public async Task Waiting_for_the_segment_fails_when_there_is_none() =>
        Failed($"Waited 0.3 s for key {Key} to exist.", await Run("wait-for-segment.ps1", Key, "-TimeoutSec", "0.3"));

    [Fact]
    public async Task Waiting_for_the_segment_fails_when_the_service_does_not_get_ready()
    {
        await using ChildProcess service = Broken("STARTING, READY", "READY, STARTING");
        Text("$null = Wait-SharedMemory $key -TimeoutSec 50");

        Failed("to hold the given fields of 1 record", await Run("wait-for-segment.ps1", Key, "-TimeoutSec", "1"));
    }

    [Fact]
    public async Task Waiting_for_the_segment_fails_when_the_struct_is_another()
    {
        await using ChildProcess service = Broken("VERSION = 1", "VERSION = 2");

        Failed(
            "The service's struct is version 2, and this job knows version 1.",
            await Run("wait-for-segment.ps1", Key, "-TimeoutSec", "50"));
    }

    [Fact]
    public async Task A_proxy_that_passes_everything_passes()
    {
        string back = Port(TestAddress.FreePort());
        using ChildProcess proxy = Proxy("-t", "30", $"TCP:127.0.0.1:{back}");

        ProcessResult result = await Run("check-path.ps1", "-Port", Port(proxy.Port), "-BackPort", back);

        Assert.Equal((0, "", $"127.0.0.1:{proxy.Port} passes 256 KB there and back\n"), (result.ExitCode, result.Error, result.Output));
    }

    [Fact]
    public async Task A_proxy_that_passes_one_direction_alone_fails()
    {
        string back = Port(TestAddress.FreePort());
        using ChildProcess proxy = Proxy("-u", $"TCP:127.0.0.1:{back}");

        ProcessResult result = await Run("check-path.ps1", "-Port", Port(proxy.Port), "-BackPort", back, "-TimeoutSec", "2");

        Failed($"127.0.0.1:{proxy.Port} does not pass 256 KB there and back within 2 s; the server behind it saw 1 connections", result);
    }

    [Fact]
    public async Task A_path_to_a_server_elsewhere_is_checked_without_one_of_its_own()
    {
        string port = Assert.Single(Text("$server = Start-EchoServer; $server.Port"));
        ProcessResult open = await Run("check-path.ps1", "-Port", port);
        Text("$server | Stop-EchoServer");
        ProcessResult shut = await Run("check-path.ps1", "-Port", port, "-TimeoutSec", "2");

        Assert.Equal((0, ""), (open.ExitCode, open.Error));
        Failed($"127.0.0.1:{port} does not pass 256 KB there and back within 2 s.", shut);
    }

    [Fact]
    public async Task All_checks_that_pass_pass()
    {
        await using ChildProcess service = Service(Program);
        string port = Assert.Single(Text("$server = Start-EchoServer; $server.Port"));

        ProcessResult result = await Run("smoke-test.ps1", "-Key", Key, "-Port", port);

        Text("$server | Stop-EchoServer");
        Assert.Equal(
            (0, "", "ok    the service is ready\nok    its segment is nobody else's to write\nok    the server echoes\n"),
            (result.ExitCode, result.Error, result.Output));
    }

    [Fact]
    public async Task Each_check_that_fails_is_a_line_and_an_annotation()
    {
        await using ChildProcess service = Broken("0640", "0666");
        string port = Port(TestAddress.FreePort());
        string refused = $"tcp://127.0.0.1:{port} cannot be reached: Connection refused. Check that a server listens there.";

        ProcessResult result = await Run("smoke-test.ps1", "-Key", Key, "-Port", port);
        ProcessResult onGitHub = await Run(
            "smoke-test.ps1", new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = "true" }, "-Key", Key, "-Port", port);

        string[] lines =
        [
            "ok    the service is ready",
            "FAIL  its segment is nobody else's to write: Others may write: the mode is 0666.",
            $"FAIL  the server echoes: {refused}",
        ];
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(lines, Lines(result));
        Assert.Equal(1, onGitHub.ExitCode);
        Assert.Equal(lines, Lines(onGitHub).Where(line => !line.StartsWith("::", StringComparison.Ordinal)));
        Assert.Contains($"::error title=the server echoes::{refused}", Lines(onGitHub));
    }

    [Fact]
    public async Task What_a_crashed_job_left_is_removed_and_what_is_used_is_not()
    {
        Tool.RequireRoot();
        string recipe = string.Join(' ', [.. Command("clean-up.ps1")]);

        // In namespaces of the test's own: what others left on this machine is not the test's to remove.
        ProcessResult result = await ChildProcess.RunAsync(
            Tool.Require("unshare", "util-linux"),
            [
                "--ipc", "--mount", "--pid", "--fork", "--mount-proc", "bash", "-c",
                $$"""
                mount -t tmpfs none /dev/shm
                {{CProgram.Compile(Program)}} 77 & crashed=$!
                {{CProgram.Compile(Program)}} 78 & runs=$!
                {{Pwsh.Path}} -NoProfile -c 'Import-Module {{Repository.Manifest}}; foreach ($key in 77, 78) { $null = Wait-SharedMemory $key -TimeoutSec 30 }; $null = New-SharedMemory -Name left -Size 100'
                kill -KILL $crashed; wait $crashed
                {{recipe}} -WhatIf -MinimumAge 0 > /dev/null; echo "what if: $?"
                {{recipe}}; echo "too young: $?"
                {{recipe}} -MinimumAge 0; echo "removed: $?"
                {{Pwsh.Path}} -NoProfile -c 'Import-Module {{Repository.Manifest}}; (Get-SharedMemory).Key'
                kill $runs; wait $runs
                """,
            ]);

        Assert.Equal(
            """
            what if: 0
            0 left behind
            too young: 0
            removed key 0x0000004d, id N, 40 bytes, last changed T
            removed left, 100 bytes, last changed T
            2 left behind
            removed: 0
            78

            """,
            Masked(result.Output));
    }

    [Fact]
    public async Task The_Pester_suite_passes_the_program()
    {
        (ProcessResult result, _) = await Pester(CProgram.Compile(Program));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Passed: 6, Failed: 0", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(int64_t)shared->left", "shared->left", "adds 2147483647 and 1")]
    [InlineData("0640", "0666", "keeps others from writing")]
    [InlineData("shmctl(id, IPC_RMID, NULL);", "", "ends on SIGTERM, and removes its segment")]
    public async Task The_Pester_suite_finds_the_mistake_and_leaves_nothing(string right, string wrong, string test)
    {
        (ProcessResult result, string key) = await Pester(BrokenProgram(right, wrong));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"[-] service.{test}", result.Output, StringComparison.Ordinal);
        Assert.Contains("Passed: 5, Failed: 1", result.Output, StringComparison.Ordinal);
        Fails($"Get-SharedMemory {key}", "SharedMemoryNotFound");
    }

    [Fact]
    public async Task The_job_in_plain_shell_passes_the_program()
    {
        ProcessResult result = await Job(CProgram.Compile(Program));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["40 + 2 gave 42", "the program cleaned up"], Lines(result)[1..]);
    }

    [Theory]
    [InlineData("+ shared->right", "- shared->right", "40 + 2 gave 38")]
    [InlineData("shmctl(id, IPC_RMID, NULL);", "", "the program ended and left its segment 0x")]
    [InlineData("VERSION = 1", "VERSION = 3", "The service's struct is version 3, and this job knows version 1.")]
    public async Task The_job_in_plain_shell_finds_the_mistake_and_leaves_nothing(string right, string wrong, string message)
    {
        Failed(message, await Job(BrokenProgram(right, wrong)));
        Fails("Get-SharedMemory $key", "SharedMemoryNotFound");
    }

    [Fact]
    public async Task The_job_of_GitHub_Actions_passes_the_program()
    {
        ProcessResult result = await Actions(source => source);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("Tests Passed: 6, Failed: 0", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"ready: build 1\.4\.2, process \d+\n", result.Output);

        // Stop-Process kills, so the program could not clean up.
        Assert.EndsWith(
            "removed key 0x000004d2, id N, 40 bytes, last changed T\n1 left behind\n", Masked(result.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_job_of_GitHub_Actions_finds_the_mistake_and_cleans_up()
    {
        ProcessResult result = await Actions(source => source.Replace("(int64_t)shared->left", "shared->left", StringComparison.Ordinal));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("[-] service.adds 2147483647 and 1", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ready: ", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("0 left behind\n", result.Output, StringComparison.Ordinal);
    }

    private static string Port(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string[] Command(string recipe) => [Pwsh.Path, .. Pwsh.File(Path.Combine(Folder, recipe))];

    private static ChildProcess Start(string recipe, params string[] arguments)
    {
        string[] command = [.. Command(recipe), .. arguments];
        return ChildProcess.Start(command[0], command[1..], NotOnGitHub);
    }

    private static Task<ProcessResult> Run(string recipe, params string[] arguments) => Run(recipe, NotOnGitHub, arguments);

    private static Task<ProcessResult> Run(string recipe, Dictionary<string, string?> environment, params string[] arguments)
    {
        string[] command = [.. Command(recipe), .. arguments];
        return ChildProcess.RunAsync(command[0], command[1..], environment: environment);
    }

    private ChildProcess Service(string program) => ChildProcess.Start(CProgram.Compile(program), [Key]);

    private ChildProcess Broken(string right, string wrong) => ChildProcess.Start(BrokenProgram(right, wrong), [Key]);

    // The program with one mistake in it.
    private static string BrokenProgram(string right, string wrong)
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, Program));
        Assert.Contains(right, source, StringComparison.Ordinal);
        return CProgram.CompileText("service-broken", source.Replace(right, wrong, StringComparison.Ordinal));
    }

    private static ChildProcess Proxy(params string[] arguments) => ChildProcess.StartListening(
        "socat",
        "socat",
        ["-d", "-d", .. arguments[..^1], "TCP-LISTEN:0,bind=127.0.0.1,fork", arguments[^1]],
        @"listening on AF=2 127\.0\.0\.1:(?<port>\d+)");

    private static async Task<(ProcessResult Result, string Key)> Pester(string program)
    {
        using var folder = new TemporaryFolder();
        string data = $"New-PesterContainer -Path '{Path.Combine(Folder, "Service.Tests.ps1")}' -Data @{{ Program = '{program}' }}";

        // The report that -CI writes goes with the folder.
        await using var run = ChildProcess.Start(
            Pwsh.Path, ["-NoProfile", "-NonInteractive", "-Command", $"Invoke-Pester -CI -Container ({data})"], NotOnGitHub,
                folder.FullPath);
        ProcessResult result = await run.WaitForExitAsync(TimeSpan.FromMinutes(3));
        return (result, string.Create(CultureInfo.InvariantCulture, $"0x5c{run.Id & 0xffffff:x6}"));
    }

    private Task<ProcessResult> Job(string program) => ChildProcess.RunAsync(
        Path.Combine(Folder, "job.sh"), [program, Key], environment: new Dictionary<string, string?> { ["PWSH"] = Pwsh.Path });

    // Runs the steps as the runner does, in a copy of the checkout and, because the job cleans up, in namespaces of its own.
    private static async Task<ProcessResult> Actions(Func<string, string> change)
    {
        Tool.RequireRoot();
        Tool.Require("cc", "gcc");
        using var checkout = new TemporaryFolder();
        Directory.CreateDirectory(checkout.PathOf("examples/ci"));
        foreach (string path in Directory.GetFiles(Folder))
        {
            checkout.Write($"examples/ci/{Path.GetFileName(path)}", change(File.ReadAllText(path)));
        }

        foreach (string name in new[] { "PSIpc.psd1", "bin" })
        {
            File.CreateSymbolicLink(checkout.PathOf(name), Path.Combine(Repository.Root, name));
        }

        var script = new System.Text.StringBuilder("mount -t tmpfs none /dev/shm\nstatus=0\n");
        foreach (Match step in Step().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, "github-actions.yml"))))
        {
            // The module is the one that was built before the tests.
            if (step.Groups["name"].Value == "Build PSIpc")
            {
                continue;
            }

            string text = Indentation().Replace(step.Groups["run"].Value, "");
            string number = step.Index.ToString(CultureInfo.InvariantCulture);
            string run = step.Groups["shell"].Value == "pwsh"
                ? $"'{Pwsh.Path}' -NoProfile -NonInteractive -Command \". "
                    + $"'{checkout.Write($"step{number}.ps1", $"$ErrorActionPreference = 'stop'\n{text}\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) {{ exit $LASTEXITCODE }}")}'\""
                : $"bash -e '{checkout.Write($"step{number}.sh", text)}'";
            string condition = step.Groups["if"].Value == "always()" ? "true" : "[ $status = 0 ]";
            script.Append(CultureInfo.InvariantCulture, $"if {condition}; then {run} || status=1; fi\n");
        }

        Assert.Equal(4, Directory.GetFiles(checkout.FullPath, "step*").Length);
        return await ChildProcess.RunAsync(
            Tool.Require("unshare", "util-linux"),
            ["--ipc", "--mount", "--pid", "--fork", "--mount-proc", "bash", "-c", $"{script}exit $status"],
            environment: new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = "true" },
            workingDirectory: checkout.FullPath,
            patience: TimeSpan.FromMinutes(3));
    }

    // The views of both shells fold an error and draw a bar before its lines.
    private static void Failed(string message, ProcessResult result)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, Folded().Replace(result.Error, " "), StringComparison.Ordinal);
    }

    private static string[] Lines(ProcessResult result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Masked(string output) => Time().Replace(Id().Replace(output, "id N"), "last changed T");

    [GeneratedRegex(@"\s*\n[\s|]*")]
    private static partial Regex Folded();

    [GeneratedRegex(@"id \d+")]
    private static partial Regex Id();

    [GeneratedRegex(@"last changed \S+")]
    private static partial Regex Time();

    [GeneratedRegex(@"^      - name: (?<name>.*)\n(?:        (?:if: (?<if>.*)|shell: (?<shell>.*)|timeout-minutes: .*)\n)*        run: (?:\|\n(?<run>(?:          .*\n|\n)+)|(?<run>.*)\n)", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex("^ {10}", RegexOptions.Multiline)]
    private static partial Regex Indentation();
}
