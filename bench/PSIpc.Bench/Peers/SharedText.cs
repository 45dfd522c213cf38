using System.Globalization;
using PSIpc.TestSupport;

namespace PSIpc.Bench;

/// <summary>64 bytes of text with its NUL, in a System V segment and in a POSIX object, and a connected view of the segment.</summary>
internal sealed class SharedText : IDisposable
{
    /// <summary>The text's size in memory.</summary>
    internal const int Bytes = 64;

    private readonly Cmdlets _cmdlets;

    internal SharedText(Cmdlets cmdlets)
    {
        _cmdlets = cmdlets;
        cmdlets.Run($"$null = New-SharedMemory -Key {Key} -Value '{Text}' -Size {Bytes}; $null = New-SharedMemory -Name {Name} -Value '{Text}' -Size {Bytes}");
        View = cmdlets.Run($"Connect-SharedMemory -Key {Key}")[0];
    }

    internal static string Text { get; } = new('x', Bytes - 1);

    internal int Key { get; } = TestAddress.NextKey();

    internal string Name { get; } = TestAddress.NextName();

    /// <summary>The key as programs in C and Perl read it.</summary>
    internal string KeyText => string.Create(CultureInfo.InvariantCulture, $"0x{Key:x}");

    internal object View { get; }

    public void Dispose() => _cmdlets.Run($"Remove-SharedMemory -Key {Key} -Confirm:$false; Remove-SharedMemory -Name {Name} -Confirm:$false");
}
