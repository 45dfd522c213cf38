using System.Globalization;
using System.Management.Automation.Host;

namespace PSIpc.Shell;

/// <summary>The terminal's size; psipc moves no cursor and scrolls no buffer.</summary>
internal sealed class ShellRawUserInterface : PSHostRawUserInterface
{
    private const int DefaultWidth = 80;
    private const int DefaultHeight = 24;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Size BufferSize
    {
        get => WindowSize;
        set => throw Unsupported();
    }

    public override Size WindowSize
    {
        get => new(Width(), Height());
        set => throw Unsupported();
    }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 1;

    public override string WindowTitle { get; set; } = "psipc";

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        ConsoleKeyInfo key = Console.ReadKey(options.HasFlag(ReadKeyOptions.NoEcho));
        return new KeyInfo((int)key.Key, key.KeyChar, default, keyDown: true);
    }

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw Unsupported();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Unsupported();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported();

    private static int Width() =>
        int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 0 ? columns
        : !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth
        : DefaultWidth;

    private static int Height() => !Console.IsOutputRedirected && Console.WindowHeight > 0 ? Console.WindowHeight : DefaultHeight;

    private static NotSupportedException Unsupported() => new("psipc does not move text on the screen.");
}
