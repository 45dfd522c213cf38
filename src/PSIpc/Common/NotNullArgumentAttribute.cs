using System.Management.Automation;

namespace PSIpc.Commands;

/// <summary>Refuses null, which PowerShell otherwise turns into 0 or into no argument at all.</summary>
/// <remarks>
/// A variable that was never set, or a lookup that found nothing, is null. Without this attribute, a null certificate starts a server
/// without TLS, and a null timeout waits indefinitely. A validation attribute comes too late for numbers: they are 0 by then.
/// </remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class NotNullArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        return PipelineValue.BaseObject(inputData) switch
        {
            null => throw new ArgumentTransformationMetadataException("The argument is null."),
            object?[] items when items.Contains(null) => throw new ArgumentTransformationMetadataException("The argument contains null."),
            _ => inputData,
        };
    }
}
