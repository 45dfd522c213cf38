namespace PSIpc.SharedMemory;

/// <summary>What a view may do.</summary>
public enum SharedMemoryAccess
{
    /// <summary>Read and write.</summary>
    ReadWrite,

    /// <summary>Read only; enough for memory whose mode lets this user read and no more.</summary>
    Read,
}
