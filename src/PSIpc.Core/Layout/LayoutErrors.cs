using PSIpc.Layout.Declarations;

namespace PSIpc.Layout;

/// <summary>Where the words of layout errors are.</summary>
internal static class LayoutErrors
{
    internal static IpcException Invalid(LayoutPosition at, string what) => new(IpcErrorReason.LayoutInvalid, $"{at}: {what}.");

    internal static IpcException Expected(LayoutToken found, string expected) =>
        Invalid(found.Position, $"expected {expected}, and found {found}");

    internal static IpcException Unsupported(LayoutPosition at, string what) => new(IpcErrorReason.LayoutUnsupported, $"{at}: {what}.");

    internal static IpcException TooLarge(LayoutPosition at, string what) => new(IpcErrorReason.LayoutTooLarge, $"{at}: {what}.");
}
