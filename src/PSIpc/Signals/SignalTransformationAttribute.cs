using System.Management.Automation;
using PSIpc.Signals;

namespace PSIpc.Commands;

/// <summary>Lets a signal be given as people write it: <c>Interrupt</c>, <c>SIGINT</c>, <c>INT</c>, <c>2</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SignalTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = PipelineValue.Unwrap(inputData);
        return value is object?[] items ? Array.ConvertAll(items, Read) : Read(value);
    }

    private static ProcessSignal Read(object? value)
    {
        try
        {
            return value is ProcessSignal signal ? signal : SignalNames.Parse(LanguagePrimitives.ConvertTo<string>(value) ?? "");
        }
        catch (IpcException exception)
        {
            throw new ArgumentTransformationMetadataException(exception.Message, exception);
        }
    }
}
