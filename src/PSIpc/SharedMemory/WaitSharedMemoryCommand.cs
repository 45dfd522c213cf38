using System.Diagnostics;
using System.Management.Automation;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Waits until shared memory exists, is removed, has an attach count, changes, or holds a value.</summary>
[Cmdlet(VerbsLifecycle.Wait, "SharedMemory", DefaultParameterSetName = KeySet)]
[OutputType(typeof(SharedMemoryInfo))]
public sealed class WaitSharedMemoryCommand : SharedMemoryContentCommand
{
    private SharedMemoryCondition _condition = SharedMemoryCondition.Exists;

    /// <summary>Waits until it exists; what is waited for unless something else is given.</summary>
    [Parameter]
    public SwitchParameter Exists { get; set; }

    /// <summary>Waits until it is removed, or marked for removal.</summary>
    [Parameter]
    public SwitchParameter Removed { get; set; }

    /// <summary>Waits until exactly this many attachments are there.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0L, long.MaxValue)]
    public long? AttachCount { get; set; }

    /// <summary>Waits until a byte differs from when the wait began, from -Offset on and in -Count bytes.</summary>
    [Parameter]
    public SwitchParameter Changed { get; set; }

    /// <summary>How many bytes to watch with -Changed; to the end unless given.</summary>
    [Parameter]
    [NotNullArgument]
    public long? Count { get; set; }

    /// <summary>
    /// Waits until this value is at -Offset; it looks in memory as Write-SharedMemory writes it. With -Layout, a hashtable or an object
    /// with
    /// some of its fields: the others may hold anything.
    /// </summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Value { get; set; }

    /// <summary>The type that -Value is stored as, with the names of Read-SharedMemory -As.</summary>
    [Parameter]
    [NotNullArgument]
    public SharedMemoryDataType? As { get; set; }

    /// <summary>The value is text without a NUL after it.</summary>
    [Parameter]
    public SwitchParameter NoTerminator { get; set; }

    /// <summary>How long to wait, in seconds and parts of them; 0 for one look, for ever unless given.</summary>
    [Parameter]
    [NotNullArgument]
    [ValidateRange(0.0, double.MaxValue)]
    public double? TimeoutSec { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        string[] conditions = [nameof(Exists), nameof(Removed), nameof(AttachCount), nameof(Changed), nameof(Value)];
        string[] given = [.. conditions.Where(IsBound)];
        if (given.Length > 1)
        {
            ThrowConflict($"Only one condition can be given: leave out all but one of -{string.Join(", -", given)}.", given);
        }

        ThrowIfBoundWithout(nameof(Count), nameof(Changed));
        ThrowIfBoundWithout(nameof(Offset), nameof(Changed), nameof(Value));
        ThrowIfBoundWithout(nameof(Layout), nameof(Value));
        ThrowIfBoundWithout(nameof(As), nameof(Value));
        ThrowIfBoundWithout(nameof(NoTerminator), nameof(Value));
        ThrowIfBoundTogether(nameof(Layout), nameof(NoTerminator), "says where text ends");
        ThrowIfBoundTogether(nameof(Layout), nameof(As), "says what is waited for");
        base.BeginProcessing();
        try
        {
            _condition = given.FirstOrDefault() switch
            {
                nameof(Removed) when Removed => SharedMemoryCondition.Removed,
                nameof(AttachCount) when AttachCount is { } count => SharedMemoryCondition.Attached(count),
                nameof(Changed) when Changed => SharedMemoryCondition.Changed(Offset, Count),
                nameof(Value) when RecordLayout is { } layout => SharedMemoryCondition.Holds(Offset, EncodeRecords(layout, [Value])),
                nameof(Value) => SharedMemoryCondition.Holds(
                    Offset, ValueArgument.Encode([PipelineValue.Unwrap(Value)], As, Encoding, !NoTerminator)),
                _ => SharedMemoryCondition.Exists,
            };
        }
        catch (IpcException exception)
        {
            ThrowTerminatingError(exception, Target);
        }
    }

    private protected override void ProcessAddress(IpcAddress address)
    {
        using var progress = new ThrottledProgress(this, $"{address} {_condition}", TimeoutSec);
        Write(address, () => SharedMemoryObject.Wait(address, _condition, Seconds(TimeoutSec), progress, StopToken));
    }

    private protected override void ProcessView(SharedMemoryView view)
    {
        using var progress = new ThrottledProgress(this, $"{view} {_condition}", TimeoutSec);
        Write(view.Address, () => SharedMemoryObject.Wait(view, _condition, Seconds(TimeoutSec), progress, StopToken));
    }

    private void Write(IpcAddress address, Func<SharedMemoryInfo?> wait)
    {
        WriteVerbose($"Waits for {address} {_condition}, {(TimeoutSec is { } limit ? $"at most {limit} s" : "for ever")}.");
        long begun = Stopwatch.GetTimestamp();
        SharedMemoryInfo? info = wait();
        WriteVerbose($"The wait for {address} {_condition} ended after {Display.Time(Stopwatch.GetElapsedTime(begun))}: "
            + $"{(info is null ? "nothing is there any more" : SharedMemoryText.Of(info))}.");
        if (info is not null)
        {
            WriteObject(info);
        }
    }
}
