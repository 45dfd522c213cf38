using PSIpc.Sockets;

namespace PSIpc.Echo.Load;

/// <summary>One of the connections that <see cref="EpollLoad"/> keeps busy.</summary>
internal sealed class LoadConnection(int index)
{
    /// <summary>
    /// What epoll gives back: the index, and a count of the sockets so far that tells this one's events from an earlier one's.
    /// </summary>
    internal ulong Tag => ((ulong)Generation << 32) | (uint)index;

    internal int Index => index;

    internal uint Generation { get; set; }

    /// <summary>Null while there is none, until <see cref="RetryAt"/>.</summary>
    internal ClientSocket? Socket { get; set; }

    internal bool IsConnecting { get; set; }

    /// <summary>Whether a message is on its way.</summary>
    internal bool IsBusy { get; set; }

    internal ReadOnlyMemory<byte> Message { get; set; }

    internal uint Sequence { get; set; }

    internal int Sent { get; set; }

    internal int Received { get; set; }

    /// <summary>When the exchange or the attempt to connect began.</summary>
    internal long Begun { get; set; }

    internal long RetryAt { get; set; }

    internal RetryPause Pause { get; } = new();
}
