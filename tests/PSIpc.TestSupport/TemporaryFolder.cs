namespace PSIpc.TestSupport;

/// <summary>A folder of a test's own, gone with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The folder's full path.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory(TestRun.Prefix).FullName;

    /// <summary>The path that a file of this name has in it, short enough for a Unix socket.</summary>
    /// <param name="name">The file's name.</param>
    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>Writes a text file into it and gives the file's path.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="text">What goes into it.</param>
    public string Write(string name, string text)
    {
        string path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Removes it with all that is in it.</summary>
    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
