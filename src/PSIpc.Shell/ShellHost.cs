using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Reflection;

namespace PSIpc.Shell;

/// <summary>What the engine knows of the program around it.</summary>
internal sealed class ShellHost(bool nonInteractive) : PSHost
{
    internal static string ProductVersion { get; } =
        typeof(ShellHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public override string Name => "psipc";

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => UserInterface;

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    internal ShellUserInterface UserInterface { get; } = new(nonInteractive);

    /// <summary>What <c>exit</c> asked for, once it has.</summary>
    internal int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new PSNotSupportedException("psipc has no nested prompt.");

    public override void ExitNestedPrompt() => throw new PSNotSupportedException("psipc has no nested prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
