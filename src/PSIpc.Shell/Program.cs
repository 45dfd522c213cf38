namespace PSIpc.Shell;

internal static class Program
{
    private const int UsageError = 64;

    private static int Main(string[] args)
    {
        CommandLine commandLine = CommandLine.Parse(args);
        switch (commandLine.Mode)
        {
            case CommandLineMode.Invalid:
                Console.Error.WriteLine($"psipc: {commandLine.Text}");
                Console.Error.WriteLine("Try 'psipc --help'.");
                return UsageError;
            case CommandLineMode.Help:
                Console.WriteLine(CommandLine.Help);
                return 0;
            case CommandLineMode.Version:
                Console.WriteLine($"psipc {ShellHost.ProductVersion}");
                return 0;
            default:
                return Run(commandLine);
        }
    }

    private static int Run(CommandLine commandLine)
    {
        using var interrupt = new Interrupt();
        using var session = new Session(new ShellHost(commandLine.NonInteractive), interrupt);
        switch (commandLine.Mode)
        {
            case CommandLineMode.File:
                session.RunFile(commandLine.Text, commandLine.Arguments);
                break;
            case CommandLineMode.Command:
                session.RunCommand(commandLine.Text);
                break;
            default:
                bool interactive = commandLine.Mode == CommandLineMode.Prompt;
                interrupt.AtPrompt = interactive;
                if (interactive && !commandLine.NoLogo)
                {
                    Console.WriteLine($"psipc {ShellHost.ProductVersion}");
                }

                new CommandLoop(session, interactive).Run();
                break;
        }

        return session.ExitCode;
    }
}
