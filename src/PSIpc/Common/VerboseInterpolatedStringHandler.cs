using System.Runtime.CompilerServices;

namespace PSIpc.Commands;

/// <summary>An interpolated string that is only made, its parts included, where the cmdlet is asked for verbose output.</summary>
[InterpolatedStringHandler]
internal ref struct VerboseInterpolatedStringHandler
{
    private DefaultInterpolatedStringHandler _text;

    public VerboseInterpolatedStringHandler(int literalLength, int formattedCount, IpcCommand command, out bool isWanted)
    {
        IsWanted = isWanted = command.IsVerbose;
        if (isWanted)
        {
            _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }
    }

    internal bool IsWanted { get; }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    internal string Take() => _text.ToStringAndClear();
}
