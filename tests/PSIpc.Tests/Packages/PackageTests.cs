using System.IO.Compression;
using PSIpc.TestSupport;
using Xunit;

namespace PSIpc.Tests;

/// <summary>Each package, installed from a folder into a clean place and used there.</summary>
public sealed class PackageTests(PackageFixture packages) : IClassFixture<PackageFixture>
{
    [Theory]
    [InlineData("PSIpc")]
    [InlineData("PSIpc.Core")]
    public void The_same_sources_give_the_same_bytes(string id)
    {
        Assert.SkipUnless(TestTier.IsThorough, "The packages are created a second time in .ci/run and in a soak.");
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
            ["CHANGELOG.md", "LICENSE", "PSIpc.nuspec", "PSIpc.psd1", "README.md", "[Content_Types].xml", "_rels", "bin", "en-US",
                "package"],
            Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["HdrHistogram.dll", "PSIpc.Core.dll", "PSIpc.Format.ps1xml", "PSIpc.dll"],
            Directory.GetFiles(Path.Combine(folder, "bin")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        ProcessResult result = await ChildProcess.RunAsync(
            Pwsh.Path,
            ["-NoProfile", "-Command", $"{Use}; (Get-Module PSIpc).ModuleBase; (Get-Help Send-EchoMessage).Synopsis"],
            environment: new Dictionary<string, string?> { ["PSModulePath"] = Path.GetDirectoryName(folder) });

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["True", folder, "Sends messages to an echo server and says what came back."],
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_gallery_package_is_installed_by_PowerShells_own_tool()
    {
        string home = packages.NewFolder("home");
        ProcessResult result = await ChildProcess.RunAsync(
            Pwsh.Path,
            ["-NoProfile", "-Command", $"Register-PSResourceRepository folder -Uri '{packages.Feed}' -Trusted; Install-PSResource PSIpc "
                + $"-Repository folder; Import-Module PSIpc; {Use}; (Get-Module PSIpc).Version.ToString()"],
            environment: new Dictionary<string, string?> { ["HOME"] = home, ["PSModulePath"] = null });

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["True", PackageFixture.Version], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
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
        string readme = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "src/PSIpc.Core/README.md"), TestContext.Current.CancellationToken);
        string program = readme.Split("```csharp\n")[1].Split("```")[0]
            .Replace("0x4d2", $"0x{TestAddress.NextKey():x}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), program, TestContext.Current.CancellationToken);

        string output = await packages.DotnetAsync(folder, ["run"], ownCache: true);

        Assert.Matches(@"Linux Programming\s+hello in 00:00:0", output);
    }

    private const string Use = "$s = Start-EchoServer; Send-EchoMessage hello -Server $s -Quiet; $s | Stop-EchoServer";
}
