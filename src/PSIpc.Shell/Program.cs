using PSIpc.Shell;

CommandLine commandLine;
try
{
    commandLine = CommandLine.Parse(args);
}
catch (UsageException exception)
{
    Console.Error.WriteLine($"psipc: {exception.Message}");
    Console.Error.WriteLine("Try 'psipc --help'.");
    return ExitCodes.Usage;
}

switch (commandLine.Action)
{
    case ShellAction.ShowHelp:
        Console.Out.Write(CommandLine.Help);
        return ExitCodes.Success;
    case ShellAction.ShowVersion:
        Console.Out.WriteLine($"psipc {ShellHost.ProductVersion}");
        return ExitCodes.Success;
    default:
        using (var session = new Session(commandLine))
        {
            return session.Run();
        }
}
