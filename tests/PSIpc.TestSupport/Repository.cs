namespace PSIpc.TestSupport;

/// <summary>Where things are in the checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds the manifest.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The module as it ships.</summary>
    public static string Manifest => Path.Combine(Root, "PSIpc.psd1");

    /// <summary>Gets a folder for <c>PSModulePath</c> in which the checkout is the module <c>PSIpc</c>.</summary>
    public static string Modules { get; } = LinkModule();

    private static string LinkModule()
    {
        string folder = Path.Combine(Root, "artifacts", "modules");
        string link = Path.Combine(folder, "PSIpc");
        Directory.CreateDirectory(folder);
        if (!Directory.Exists(link))
        {
            try
            {
                Directory.CreateSymbolicLink(link, Root);
            }
            catch (IOException) when (Directory.Exists(link))
            {
                // Another test process was first.
            }
        }

        return folder;
    }

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
