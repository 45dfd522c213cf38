namespace PSIpc.Objects;

/// <summary>One look at what is waited for: true when it has come.</summary>
/// <param name="seen">Stands for what was seen; it differs when something has happened, though not what is waited for.</param>
internal delegate bool WaitProbe(out long seen);
