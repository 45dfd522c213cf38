namespace PSIpc.Echo.Server.Sessions;

/// <summary>Where one connection stands in its server's <see cref="EchoFault"/>.</summary>
internal sealed class FaultPlan(EchoFault fault)
{
    private long _echoed;
    private int _pieceLeft;

    /// <summary>When the next piece may go, in <see cref="Environment.TickCount64"/>; 0 while none has been asked for.</summary>
    internal long DueAt { get; private set; }

    /// <summary>What is to be done now with so many bytes ready to go back.</summary>
    /// <param name="ready">How many bytes may be sent.</param>
    /// <param name="now">The time, in <see cref="Environment.TickCount64"/>.</param>
    /// <param name="count">How many of them to send.</param>
    internal SessionAction Next(int ready, long now, out int count)
    {
        count = 0;
        if (_echoed >= fault.ResetAfterBytes)
        {
            return SessionAction.Reset;
        }

        if (_echoed >= fault.StallAfterBytes)
        {
            return SessionAction.Stall;
        }

        if (ready == 0)
        {
            return SessionAction.Read;
        }

        if (_pieceLeft == 0)
        {
            DueAt = DueAt == 0 ? now + (fault.DelayMilliseconds ?? 0) : DueAt;
            if (now < DueAt)
            {
                return SessionAction.Wait;
            }

            _pieceLeft = (int)Left(Math.Min(ready, fault.ChunkBytes ?? int.MaxValue));
        }

        count = Math.Min(_pieceLeft, ready);
        return SessionAction.Send;
    }

    internal void Sent(int count)
    {
        _echoed += count;
        _pieceLeft -= count;
        DueAt = _pieceLeft == 0 ? 0 : DueAt;
    }

    /// <summary>Where the byte to corrupt is among the bytes kept, if the last so many of them have just been added.</summary>
    internal long? CorruptOffset(long kept, int added) =>
        fault.CorruptByte - _echoed is long offset && offset >= kept - added && offset < kept ? offset : null;

    // How many of so many bytes may go back before the connection is reset or stalled.
    private long Left(long count) =>
        Math.Min(count, Math.Min(fault.ResetAfterBytes ?? long.MaxValue, fault.StallAfterBytes ?? long.MaxValue) - _echoed);
}
