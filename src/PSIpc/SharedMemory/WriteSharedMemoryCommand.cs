using System.Management.Automation;
using PSIpc.Layout.Records;
using PSIpc.Objects;
using PSIpc.SharedMemory;

namespace PSIpc.Commands;

/// <summary>Writes text, bytes, numbers or records into shared memory: all of it, or nothing when it does not fit.</summary>
[Cmdlet(VerbsCommunications.Write, "SharedMemory", SupportsShouldProcess = true, DefaultParameterSetName = KeySet)]
[OutputType(typeof(SharedMemoryInfo))]
public sealed class WriteSharedMemoryCommand : SharedMemoryContentCommand
{
    private readonly List<object?> _values = [];
    private ReadOnlyMemory<byte> _content;
    private EncodedRecords? _records;

    /// <summary>
    /// Text, bytes, numbers, or arrays of them; with -Layout, hashtables or objects with its fields. What comes by pipeline is gathered and
    /// written as one.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = KeySet)]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = IdSet)]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = NameSet)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = InputObjectSet)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Value { get; set; }

    /// <summary>The type that the values are stored as, with the names of Read-SharedMemory -As.</summary>
    [Parameter]
    [NotNullArgument]
    public SharedMemoryDataType? As { get; set; }

    /// <summary>Leaves out the NUL after text.</summary>
    [Parameter]
    public SwitchParameter NoTerminator { get; set; }

    /// <summary>Gives a snapshot of what was written to.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        ThrowIfBoundTogether(nameof(Layout), nameof(NoTerminator), "says where text ends");
        ThrowIfBoundTogether(nameof(Layout), nameof(As), "says what is written");
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // With addresses by pipeline there is one value for all of them; otherwise the values are what arrives.
        if (ParameterSetName != InputObjectSet)
        {
            object? value = PipelineValue.Unwrap(Value);
            if (value is SharedMemoryInfo or SharedMemoryView)
            {
                // `$segment | Write-SharedMemory 'text'` binds the text as a key.
                ThrowTerminatingError(
                    new IpcException(
                        IpcErrorReason.SharedMemoryValueUnsupported,
                        "Shared memory came by pipeline where a value was expected. To write to what comes by pipeline, name "
                            + "the value: … "
                            + "| Write-SharedMemory -Value VALUE."),
                    value);
            }

            _values.Add(value);
        }
        else
        {
            if (_values.Count == 0)
            {
                _values.Add(PipelineValue.Unwrap(Value));
                EncodeValues();
            }

            base.ProcessRecord();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName != InputObjectSet && _values.Count > 0)
        {
            EncodeValues();
            base.ProcessRecord();
        }
    }

    private protected override void ProcessAddress(IpcAddress address) => ProcessOpened(address, SharedMemoryAccess.ReadWrite);

    private protected override void ProcessView(SharedMemoryView view)
    {
        string what = _records is null ? $"{_content.Length} bytes" : $"{_records.Count} records of {_records.Layout.Size} bytes";
        if (ShouldProcess(view.Address.ToString(), $"Write {what} at offset {Offset}"))
        {
            if (_records is null)
            {
                view.Write(Offset, _content.Span);
            }
            else
            {
                view.WriteRecords(_records, Offset);
            }

            WriteVerbose($"Wrote {what} at offset {Offset} of {view}, {Display.Bytes(view.Size)}.");

            if (PassThru)
            {
                WriteObject(SharedMemoryObject.Get(view.ToExactAddress()));
            }
        }
    }

    private void EncodeValues()
    {
        try
        {
            if (RecordLayout is null)
            {
                _content = ValueArgument.Encode(_values, As, Encoding, !NoTerminator);
            }
            else
            {
                _records = EncodeRecords(RecordLayout, _values);
            }
        }
        catch (IpcException exception)
        {
            ThrowTerminatingError(exception, Target);
        }
    }
}
