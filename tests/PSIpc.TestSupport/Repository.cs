namespace PSIpc.TestSupport;

/// <summary>Where things are in the checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds the manifest.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The module as it ships.</summary>
    public static string Manifest => Path.Combine(Root, "PSIpc.psd1");

    /// <summary>The engine as a command.</summary>
    public static string Psipc => Path.Combine(Root, "artifacts", "psipc", OperatingSystem.IsWindows() ? "psipc.exe" : "psipc");

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PSIpc.psd1")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"No PSIpc.psd1 above {AppContext.BaseDirectory}.");
    }
}
