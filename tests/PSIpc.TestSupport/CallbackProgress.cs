namespace PSIpc.TestSupport;

/// <summary>Progress that calls back at once and on the reporting thread, which <see cref="Progress{T}"/> does not.</summary>
public sealed class CallbackProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
