using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace PSIpc.Shell;

/// <summary>The engine's view of psipc.</summary>
internal sealed class ShellHost(bool nonInteractive) : PSHost
{
    internal static string ProductVersion { get; } =
        typeof(ShellHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>What 'exit' was called with; null while nothing called it.</summary>
    internal int? ExitCode { get; private set; }

    public override string Name => "psipc";

    public override Version Version { get; } = typeof(ShellHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI { get; } = new ShellUserInterface(nonInteractive);

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("psipc has no nested prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("psipc has no nested prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
