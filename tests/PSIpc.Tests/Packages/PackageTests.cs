using System.IO.Compression;
using System.Runtime.InteropServices;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>Each package, installed from a folder into a clean place and used there.</summary>
public sealed class PackageTests(PackageFixture packages) : IClassFixture<PackageFixture>
{
    [Theory]
    [InlineData("PSIpc")]
    [InlineData("PSIpc.Core")]
    [InlineData("PSIpc.Shell")]
    public void The_same_sources_give_the_same_bytes(string id)
    {
        string name = $"{id}.{PackageFixture.Version}.nupkg";

        Assert.Equal(File.ReadAllBytes(Path.Combine(packages.Feed, name)), File.ReadAllBytes(Path.Combine(packages.OtherFeed, name)));
    }

    [Fact]
    public async Task The_gallery_package_is_the_module_and_nothing_else()
    {
        string folder = packages.NewFolder("PSIpc");
        await ZipFile.ExtractToDirectoryAsync(
            Path.Combine(packages.Feed, $"PSIpc.{PackageFixture.Version}.nupkg"), folder, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["CHANGELOG.md", "LICENSE", "PSIpc.nuspec", "PSIpc.psd1", "README.md", "[Content_Types].xml", "_rels", "bin", "en-US", "package"],
            Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["HdrHistogram.dll", "PSIpc.Core.dll", "PSIpc.Format.ps1xml", "PSIpc.dll"],
            Directory.GetFiles(Path.Combine(folder, "bin")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // In a psipc that has this module and no other: an assembly is loaded once.
        string psipc = packages.NewFolder("psipc");
        PackageFixture.CopyFolder(Path.GetDirectoryName(Repository.Psipc)!, psipc);
        string modules = Path.Combine(psipc, "Modules", "PSIpc");
        Directory.Delete(modules, recursive: true);
        PackageFixture.CopyFolder(folder, modules);
        ProcessResult result = await ChildProcess.RunAsync(
            Path.Combine(psipc, Path.GetFileName(Repository.Psipc)), ["-Command", $"{Use}; (Get-Module PSIpc).ModuleBase; (Get-Help Send-EchoMessage).Synopsis"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["True", modules, "Sends messages to an echo server and says what came back."], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_gallery_package_is_installed_by_PowerShells_own_tool()
    {
        string pwsh = Pwsh.Require();
        ProcessResult found = await Pwsh.RunAsync(pwsh, "(Get-Module Microsoft.PowerShell.PSResourceGet -ListAvailable).Count");
        Assert.SkipWhen(found.Output.Trim() == "0", "Microsoft.PowerShell.PSResourceGet is not installed.");
        string home = packages.NewFolder("home");
        ProcessResult result = await ChildProcess.RunAsync(
            pwsh,
            ["-NoProfile", "-Command", $"Register-PSResourceRepository folder -Uri '{packages.Feed}' -Trusted; Install-PSResource PSIpc -Repository folder; Import-Module PSIpc; {Use}; (Get-Module PSIpc).Version.ToString()"],
            environment: new Dictionary<string, string?> { ["HOME"] = home, ["PSModulePath"] = null, ["POWERSHELL_UPDATECHECK"] = "Off", ["POWERSHELL_TELEMETRY_OPTOUT"] = "1" });

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["True", PackageFixture.Version], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_tool_is_installed_and_runs_a_command()
    {
        string folder = packages.NewFolder("tool");
        await packages.DotnetAsync(
            folder, ["tool", "install", "PSIpc.Shell", "--tool-path", folder, "--add-source", packages.Feed, "--version", PackageFixture.Version], ownCache: true);

        string program = Path.Combine(folder, "psipc" + (RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? ".exe" : ""));
        ProcessResult result = await ChildProcess.RunAsync(program, ["-Command", Use]);

        Assert.Equal((0, "True\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task The_library_is_used_by_a_program()
    {
        string folder = packages.NewFolder("library");
        await File.WriteAllTextAsync(Path.Combine(folder, "uses.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{packages.Feed}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="PSIpc.Core" Version="[{PackageFixture.Version}]" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);

        // What the package's own readme shows, with a key of the test's own.
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src/PSIpc.Core/README.md"), TestContext.Current.CancellationToken);
        string program = readme.Split("```csharp\n")[1].Split("```")[0].Replace("0x4d2", $"0x{TestAddress.NextKey():x}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), program, TestContext.Current.CancellationToken);

        string output = await packages.DotnetAsync(folder, ["run"], ownCache: true);

        Assert.Matches(@"Linux Programming\s+hello in 00:00:0", output);
    }

    private const string Use = "$s = Start-EchoServer; Send-EchoMessage hello -Server $s -Quiet; $s | Stop-EchoServer";
}
