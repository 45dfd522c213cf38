using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace PSIpc.Commands;

/// <summary>What every cmdlet of the module shares: how an exception of the core becomes an error, and how Ctrl+C ends a wait.</summary>
public abstract class IpcCommand : PSCmdlet, IDisposable
{
    // Thirty years and more: from here on a wait is for ever.
    private const double EverSeconds = 1e9;

    // Made by the first that asks, the cmdlet itself or who stops it: most calls never wait.
    private CancellationTokenSource? _stopping;
    private readonly StopOwner _created = new();
    private bool? _isVerbose;

    /// <summary>Whether -Verbose or $VerbosePreference asks for explanations; looked up once, by the first that has one.</summary>
    internal bool IsVerbose => _isVerbose ??= MyInvocation.BoundParameters.TryGetValue("Verbose", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : GetVariableValue("VerbosePreference") is { } preference && LanguagePrimitives.TryConvertTo(
            preference, out ActionPreference action)
            && action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    /// <summary>Cancelled when the pipeline is stopped; what waits takes it.</summary>
    private protected CancellationToken StopToken => StopSource.Token;

    private CancellationTokenSource StopSource => LazyInitializer.EnsureInitialized(ref _stopping);

    /// <summary>Called by the engine when the cmdlet has ended.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the cmdlet holds, however it ended.</summary>
    /// <param name="disposing">Always true: what is held ends itself.</param>
    protected virtual void Dispose(bool disposing)
    {
        // The pipeline may end before the stop has reached every command in it.
        if (Stopping)
        {
            _created.Stop();
        }
        else
        {
            _created.HandOver();
        }

        _stopping?.Dispose();
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        try
        {
            StopSource.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet ended in the same moment.
        }

        _created.Stop();
    }

    /// <summary>Keeps what the cmdlet created, to undo it when the pipeline is stopped or fails before the caller has it.</summary>
    private protected T Own<T>(T item, Action<T> release)
        where T : class => _created.Add(item, release);

    /// <summary>
    /// Writes what the cmdlet created. The pipeline may still be stopped or fail; until it ends, the cmdlet owns the item.
    /// </summary>
    private protected void Deliver(object item)
    {
        try
        {
            _created.MarkWritten(item);
            WriteObject(item);
        }
        catch (Exception exception) when (exception is FlowControlException or PipelineStoppedException && !Stopping)
        {
            // Select-Object or a break ended the pipeline, and the caller has what was written. The engine ends this cmdlet in the same
            // way when a cmdlet downstream fails terminally: to release what a caller may hold would be worse than to leave it.
            _created.HandOverWritten();
            throw;
        }
    }

    /// <summary>
    /// Does the work for one item. An <see cref="IpcException"/> becomes an error, and the next item follows; another exception ends the
    /// cmdlet, which then leaves nothing behind.
    /// </summary>
    private protected void RunItem(object? target, Action work)
    {
        try
        {
            try
            {
                work();
            }
            catch (IpcException exception)
            {
                Fail(exception, target);
            }
            catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
            {
                throw new PipelineStoppedException();
            }
        }
        catch (Exception)
        {
            _created.Release();
            throw;
        }
    }

    /// <summary>Writes verbose output where it is wanted: objects, sizes, and times, but never content.</summary>
    private protected void WriteVerbose([InterpolatedStringHandlerArgument("")] ref VerboseInterpolatedStringHandler text)
    {
        if (text.IsWanted)
        {
            WriteVerbose(text.Take());
        }
    }

    /// <summary>
    /// Asks as the engine does. Names and paths come from elsewhere, so what is shown is escaped, as in every text for people.
    /// </summary>
    private protected new bool ShouldProcess(string target, string action) => base.ShouldProcess(DisplayText.Escape(target), action);

    /// <summary>Writes verbose output, escaped.</summary>
    internal new void WriteVerbose(string text) => base.WriteVerbose(DisplayText.Escape(text));

    /// <summary>What becomes of one item's failure: a non-terminating error, unless the cmdlet knows better.</summary>
    private protected virtual void Fail(IpcException exception, object? target) => WriteError(exception, target);

    private protected void WriteError(IpcException exception, object? target) =>
        WriteError(ErrorRecords.Create(exception, target));

    /// <summary>Ends the cmdlet: nothing that it was asked for can be done.</summary>
    private protected void ThrowTerminatingError(IpcException exception, object? target) =>
        ThrowTerminatingError(ErrorRecords.Create(exception, target));

    /// <summary>A time-out as the core takes it; without one given, for ever.</summary>
    private protected static TimeSpan Seconds(double? seconds) =>
        seconds is < EverSeconds ? TimeSpan.FromSeconds(seconds.Value) : Timeout.InfiniteTimeSpan;
}
