namespace PSIpc;

/// <summary>The one exception that PSIpc throws for what the operating system, a peer or a caller got wrong.</summary>
public sealed class IpcException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="reason">Why the operation failed.</param>
    /// <param name="message">What happened, with the actual figures, and the way out. Control and bidirectional characters are
    /// escaped.</param>
    /// <param name="nativeErrorCode">The operating system's own code (errno, or a Windows error), 0 where there is none.</param>
    /// <param name="innerException">What caused it, where something did.</param>
    public IpcException(IpcErrorReason reason, string message, int nativeErrorCode = 0, Exception? innerException = null)
        : base(DisplayText.Escape(message), innerException)
    {
        Reason = reason;
        NativeErrorCode = nativeErrorCode;
    }

    /// <summary>Why the operation failed.</summary>
    public IpcErrorReason Reason { get; }

    /// <summary>The operating system's own code (errno, or a Windows error); 0 where there is none.</summary>
    public int NativeErrorCode { get; }
}
