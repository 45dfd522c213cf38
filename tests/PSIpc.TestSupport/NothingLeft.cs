namespace PSIpc.TestSupport;

/// <summary>A fixture for a whole suite: at its end no process, object, segment, semaphore, or temporary file of the run is left.</summary>
public sealed class NothingLeft : IDisposable
{
    /// <summary>Waits until nothing is left, and fails with the list of what is.</summary>
    public void Dispose()
    {
        // A process that was killed is there until its parent, or the system, has noticed.
        Eventually.True(() => TestRun.Remains().Length == 0, () => string.Join(Environment.NewLine, TestRun.Remains()));
    }
}
