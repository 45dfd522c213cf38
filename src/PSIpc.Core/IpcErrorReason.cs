namespace PSIpc;

/// <summary>The reason why an operation failed. The names are stable, so a program can save them and compare them.</summary>
public enum IpcErrorReason
{
    /// <summary>The operating system refused for a reason that has no name here; the native code says which.</summary>
    NativeError,

    /// <summary>This operating system has no such thing.</summary>
    PlatformNotSupported,

    /// <summary>An object stands for something of another computer, where its IDs, names, and keys belong.</summary>
    ObjectFromAnotherComputer,

    /// <summary>What was waited for did not come in time.</summary>
    WaitTimeout,

    /// <summary>A text is no System V key: not a 32-bit number, not hexadecimal, not <c>ftok:PATH,PROJECT</c>.</summary>
    SharedMemoryKeyInvalid,

    /// <summary>The path of an ftok key does not exist or may not be looked at.</summary>
    SharedMemoryKeyPathNotFound,

    /// <summary>A text is no name of a shared memory object.</summary>
    SharedMemoryNameInvalid,

    /// <summary>An object given as an address names no segment and no object.</summary>
    SharedMemoryAddressInvalid,

    /// <summary>A text is no mode of nine permission bits.</summary>
    SharedMemoryModeInvalid,

    /// <summary>A size below one byte.</summary>
    SharedMemorySizeInvalid,

    /// <summary>Nothing has this key, id or name.</summary>
    SharedMemoryNotFound,

    /// <summary>Something has this key or name already.</summary>
    SharedMemoryExists,

    /// <summary>A number came without a type, and a caller whose language chooses the types of numbers must specify one.</summary>
    SharedMemoryTypeMissing,

    /// <summary>A number does not fit in the type that it is to be stored as.</summary>
    SharedMemoryValueOutOfRange,

    /// <summary>The segment or object that exists is smaller than the size asked for.</summary>
    SharedMemorySizeMismatch,

    /// <summary>The size is over the system's limit for one segment (SHMMAX), or over what an address can hold.</summary>
    SharedMemoryTooLarge,

    /// <summary>The system has as many segments as it allows (SHMMNI), or as many pages in segments (SHMALL).</summary>
    SharedMemoryLimitReached,

    /// <summary>No memory is left for the segment, or no space where POSIX objects live.</summary>
    SharedMemoryNoSpace,

    /// <summary>The owner's mode does not let this user do that.</summary>
    SharedMemoryAccessDenied,

    /// <summary>The segment is marked for removal: it goes when the last process detaches.</summary>
    SharedMemoryMarkedForRemoval,

    /// <summary>The view was closed: by Disconnect-SharedMemory, by Dispose, or with the pipeline that made it.</summary>
    SharedMemoryViewClosed,

    /// <summary>The memory is not mapped into this process, and atomics and spans need a mapping.</summary>
    SharedMemoryNotMapped,

    /// <summary>An atomic at an offset that is no multiple of its width.</summary>
    SharedMemoryUnaligned,

    /// <summary>The object changed under the operation: another process truncated or removed it.</summary>
    SharedMemoryChanged,

    /// <summary>The name or ID belongs to another object or segment than the one that was shown: that one was removed.</summary>
    SharedMemoryReplaced,

    /// <summary>The name belongs to something that is no shared memory object: a link, a directory, a device.</summary>
    SharedMemoryNotAnObject,

    /// <summary>A Windows section that another process holds and this one does not: only who holds it can let it go.</summary>
    SharedMemoryHeldElsewhere,

    /// <summary>An offset or a count reaches past the end.</summary>
    SharedMemoryOutOfRange,

    /// <summary>A value is larger than the room from the offset to the end.</summary>
    SharedMemoryValueTooLarge,

    /// <summary>A value is of a type that has no form in memory.</summary>
    SharedMemoryValueUnsupported,

    /// <summary>A text has a character that the encoding cannot express.</summary>
    SharedMemoryValueNotEncodable,

    /// <summary>This process holds the lock already, or another of its threads waits for it.</summary>
    SharedMemoryLockHeld,

    /// <summary>This process does not hold the lock.</summary>
    SharedMemoryLockNotHeld,

    /// <summary>A declaration of a memory layout does not parse, or says something that C does not allow.</summary>
    LayoutInvalid,

    /// <summary>A declaration is C, and of a kind that has no value here: a bit-field, a pointer, a flexible array, long double.</summary>
    LayoutUnsupported,

    /// <summary>One record is larger than the memory, or than what is left of it from the offset.</summary>
    LayoutLargerThanMemory,

    /// <summary>
    /// A layout, or the text that declares it, is over a limit: a record of more than 2 GiB or of too many values, nesting too deep.
    /// </summary>
    LayoutTooLarge,

    /// <summary>A .NET type is no layout: it is not blittable.</summary>
    LayoutTypeUnsupported,

    /// <summary>A layout has no field of that name.</summary>
    LayoutFieldNotFound,

    /// <summary>A number, text or array does not fit the field it is for.</summary>
    LayoutValueOutOfRange,

    /// <summary>A value is of another kind than the field it is for: text for a number, a fraction for an integer.</summary>
    LayoutValueInvalid,

    /// <summary>Two members of a union have different values, and both were changed or given.</summary>
    LayoutValueConflict,

    /// <summary>A text is no address: neither an IP address nor a host name.</summary>
    EchoAddressInvalid,

    /// <summary>A host name that no resolver knows.</summary>
    EchoAddressUnresolved,

    /// <summary>An address that this machine does not have, or a network that cannot be reached from it.</summary>
    EchoAddressUnavailable,

    /// <summary>A port outside 1 to 65535 (0, "any free one", only for a server).</summary>
    EchoPortInvalid,

    /// <summary>Another socket listens there.</summary>
    EchoAddressInUse,

    /// <summary>The operating system does not let this user bind or connect there: a privileged port, a socket file's mode.</summary>
    EchoAccessDenied,

    /// <summary>A path that is no path of a Unix socket: too long, its folder missing.</summary>
    EchoPathInvalid,

    /// <summary>The path is taken by something that is no socket: it is left as it is.</summary>
    EchoPathNotASocket,

    /// <summary>A text is no name of a pipe.</summary>
    EchoPipeNameInvalid,

    /// <summary>A certificate without a private key, or that cannot be used for a server.</summary>
    EchoCertificateInvalid,

    /// <summary>The server's certificate did not pass verification, or the TLS handshake failed.</summary>
    EchoCertificateRejected,

    /// <summary>A fault specification with an unknown name or a value out of range.</summary>
    EchoFaultInvalid,

    /// <summary>Any other option out of its range.</summary>
    EchoOptionInvalid,

    /// <summary>Nobody listens there.</summary>
    EchoConnectionRefused,

    /// <summary>The peer reset the connection.</summary>
    EchoConnectionReset,

    /// <summary>The peer closed before everything came back.</summary>
    EchoConnectionClosed,

    /// <summary>The connection was not made in time.</summary>
    EchoConnectTimeout,

    /// <summary>The reply did not come in time.</summary>
    EchoReplyTimeout,

    /// <summary>What came back differs from what went out.</summary>
    EchoReplyMismatch,

    /// <summary>An object is no measurement, or one that cannot be combined with the others.</summary>
    EchoMeasurementInvalid,

    /// <summary>A message over the transport's or the server's bound.</summary>
    EchoMessageTooLarge,

    /// <summary>The server has stopped, or no server has this id.</summary>
    EchoServerNotFound,

    /// <summary>A number that no single process has: 0 and below mean groups of processes to kill(2).</summary>
    ProcessIdInvalid,

    /// <summary>No process has this id.</summary>
    ProcessNotFound,

    /// <summary>The process with the creator's ID may be a later one that got the same ID.</summary>
    ProcessCreatorUncertain,

    /// <summary>The process is somebody else's.</summary>
    ProcessAccessDenied,

    /// <summary>A text is no signal's name or number.</summary>
    ProcessSignalInvalid,

    /// <summary>The signal cannot be waited for: the kernel or the runtime keeps it to itself.</summary>
    ProcessSignalNotWaitable,
}
