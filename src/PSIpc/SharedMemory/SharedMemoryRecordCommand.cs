using System.Management.Automation;
using PSIpc.Layout;
using PSIpc.Layout.Records;

namespace PSIpc.Commands;

/// <summary>What moves bytes that may be records of a layout.</summary>
public abstract class SharedMemoryRecordCommand : SharedMemoryDataCommand
{
    /// <summary>What one record looks like: C declarations (<c>'int32_t id; char name[32];'</c>), or a .NET struct or its name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LayoutCompleter))]
    public object? Layout { get; set; }

    /// <summary>What -Layout means, or null without one.</summary>
    private protected MemoryLayout? RecordLayout { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Layout is null)
        {
            return;
        }

        try
        {
            RecordLayout = LayoutArgument.Read(Layout);
        }
        catch (IpcException exception)
        {
            ThrowTerminatingError(exception, Layout);
        }
    }

    /// <exception cref="IpcException">A value is no record of the layout.</exception>
    private protected EncodedRecords EncodeRecords(MemoryLayout layout, IEnumerable<object?> values) =>
        new RecordWriter(layout, Encoding, RecordValue.Unwrap).Encode([.. values.SelectMany(RecordValue.Flatten)]);

    /// <summary>Ends the cmdlet when two parameters are given that mean different things.</summary>
    private protected void Refuse(string parameter, string other, string why)
    {
        Dictionary<string, object> bound = MyInvocation.BoundParameters;
        if (bound.ContainsKey(parameter) && bound.TryGetValue(other, out object? given))
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException($"-{parameter} {why}: leave out -{other}."), "ParameterConflict", ErrorCategory.InvalidArgument, given));
        }
    }
}
