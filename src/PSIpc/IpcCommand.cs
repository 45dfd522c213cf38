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
    private bool? _isVerbose;

    /// <summary>Whether -Verbose or $VerbosePreference asks for explanations; looked up once, by the first that has one.</summary>
    internal bool IsVerbose => _isVerbose ??= MyInvocation.BoundParameters.TryGetValue("Verbose", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : GetVariableValue("VerbosePreference") is { } preference && LanguagePrimitives.TryConvertTo(preference, out ActionPreference action)
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
    protected virtual void Dispose(bool disposing) => _stopping?.Dispose();

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
    }

    /// <summary>Runs one item's work; what the core throws becomes an error, and the next item has its turn.</summary>
    private protected void Attempt(object? target, Action work)
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

    /// <summary>Says what is done, where verbose output is wanted: objects, sizes, times, but never content.</summary>
    private protected void Explain([InterpolatedStringHandlerArgument("")] ref VerboseText text)
    {
        if (text.IsWanted)
        {
            WriteVerbose(text.Take());
        }
    }

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
