using System.Management.Automation;
using PSIpc.Objects;

namespace PSIpc.Commands;

/// <summary>The one place where a reason becomes an error record: its id, its category, what to do about it.</summary>
internal static class ErrorRecords
{
    /// <summary>Makes the record for an exception of the core.</summary>
    /// <param name="exception">What the core threw.</param>
    /// <param name="target">The address, value or server that it is about.</param>
    internal static ErrorRecord Create(IpcException exception, object? target)
    {
        (ErrorCategory category, string? action) = Describe(exception.Reason);
        var record = new ErrorRecord(exception, exception.Reason.ToString(), category, target);
        if (target is string or IpcAddress)
        {
            // The categories are shown in some views of errors.
            record.CategoryInfo.TargetName = DisplayText.Escape(target.ToString()!);
        }

        if (action is not null)
        {
            record.ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = action };
        }

        return record;
    }

    private static (ErrorCategory Category, string? Action) Describe(IpcErrorReason reason) => reason switch
    {
        IpcErrorReason.PlatformNotSupported => (ErrorCategory.NotImplemented, "Use an address of a kind that this system has."),
        IpcErrorReason.ObjectFromAnotherComputer =>
            (ErrorCategory.InvalidArgument, "Run the cmdlet on that computer with Invoke-Command, or name what you mean by parameters."),
        IpcErrorReason.WaitTimeout =>
            (ErrorCategory.OperationTimeout, "Check that the other side runs, or give it more time with -TimeoutSec."),
        IpcErrorReason.SharedMemoryKeyInvalid =>
            (ErrorCategory.InvalidArgument, "Give a number (1234), hexadecimal ('0x4d2') or 'ftok:PATH,PROJECT'."),
        IpcErrorReason.SharedMemoryKeyPathNotFound =>
            (ErrorCategory.ObjectNotFound, "Give the path of a file that exists; both sides must name the same file."),
        IpcErrorReason.SharedMemoryNameInvalid => (ErrorCategory.InvalidArgument, "Give a plain name of 1 to 255 bytes, without a slash."),
        IpcErrorReason.SharedMemoryAddressInvalid =>
            (ErrorCategory.InvalidArgument, "Pipe an output of another cmdlet for shared memory, or a custom object with a Key or a Name."),
        IpcErrorReason.SharedMemoryModeInvalid =>
            (ErrorCategory.InvalidArgument, "Specify the mode in octal digits (0640), or as ls shows it (rw-r-----)."),
        IpcErrorReason.SharedMemorySizeInvalid => (ErrorCategory.InvalidArgument, "Give a size of one byte or more: 1KB, 4096."),
        IpcErrorReason.SharedMemoryNotFound => (ErrorCategory.ObjectNotFound, "List what exists with Get-SharedMemory."),
        IpcErrorReason.SharedMemoryExists =>
            (ErrorCategory.ResourceExists, "Open it with -AllowExisting, remove it with Remove-SharedMemory, or specify another address."),
        IpcErrorReason.SharedMemorySizeMismatch =>
            (ErrorCategory.InvalidArgument, "Ask for at most the size that exists, or remove it first."),
        IpcErrorReason.SharedMemoryTooLarge => (ErrorCategory.LimitsExceeded, "See the limits with Get-SharedMemoryLimit."),
        IpcErrorReason.SharedMemoryLimitReached =>
            (ErrorCategory.LimitsExceeded, "See the limits with Get-SharedMemoryLimit, and what is unused with Get-SharedMemory -Orphan."),
        IpcErrorReason.SharedMemoryNoSpace => (ErrorCategory.ResourceUnavailable, "See what is free with Get-SharedMemoryLimit."),
        IpcErrorReason.SharedMemoryAccessDenied => (ErrorCategory.PermissionDenied, "See the owner and the mode with Get-SharedMemory."),
        IpcErrorReason.SharedMemoryMarkedForRemoval =>
            (ErrorCategory.ResourceUnavailable, "Create a new segment; this one goes when the last process detaches."),
        IpcErrorReason.SharedMemoryViewClosed => (ErrorCategory.InvalidOperation, "Attach again with Connect-SharedMemory."),
        IpcErrorReason.SharedMemoryNotMapped =>
            (ErrorCategory.InvalidOperation, "Use a System V segment (-Key) for atomics and spans, or Read and Write."),
        IpcErrorReason.SharedMemoryUnaligned =>
            (ErrorCategory.InvalidArgument, "Give an offset that is a multiple of 4 for 32 bits, of 8 for 64."),
        IpcErrorReason.SharedMemoryChanged => (ErrorCategory.ResourceUnavailable, "Look at it again with Get-SharedMemory."),
        IpcErrorReason.SharedMemoryReplaced => (ErrorCategory.ObjectNotFound, "Get what exists now with Get-SharedMemory."),
        IpcErrorReason.SharedMemoryNotAnObject => (ErrorCategory.InvalidType, "Choose another name."),
        IpcErrorReason.SharedMemoryHeldElsewhere =>
            (ErrorCategory.InvalidOperation, "Remove it in the process that created it, or end that process."),
        IpcErrorReason.SharedMemoryOutOfRange => (ErrorCategory.InvalidArgument, "Keep the offset and the count within the size."),
        IpcErrorReason.SharedMemoryValueTooLarge =>
            (ErrorCategory.InvalidArgument, "Write less, at a smaller offset, or text with -NoTerminator."),
        IpcErrorReason.SharedMemoryValueUnsupported => (ErrorCategory.InvalidType, "Give text, bytes or numbers, or arrays of them."),
        IpcErrorReason.SharedMemoryValueNotEncodable => (ErrorCategory.InvalidData, "Choose another -Encoding, utf8 for one."),
        IpcErrorReason.SharedMemoryLockHeld =>
            (ErrorCategory.ResourceBusy, "Unlock it first; a lock excludes other processes, and one process takes it once."),
        IpcErrorReason.SharedMemoryLockNotHeld => (ErrorCategory.InvalidOperation, "Unlock in the process that locked, and once."),
        IpcErrorReason.SharedMemoryTypeMissing => (ErrorCategory.InvalidType, "Specify the type, for example -As Int32."),
        IpcErrorReason.SharedMemoryValueOutOfRange =>
            (ErrorCategory.LimitsExceeded, "Specify a value that fits, or a larger type with -As."),
        IpcErrorReason.LayoutInvalid =>
            (ErrorCategory.ParserError, "Write C declarations as in a header: 'int32_t id; double value; char name[32];'."),
        IpcErrorReason.LayoutUnsupported =>
            (ErrorCategory.NotImplemented, "Declare an integer or an array of the same size in its place, such as uintptr_t for a "
                + "pointer."),
        IpcErrorReason.LayoutLargerThanMemory =>
            (ErrorCategory.InvalidArgument, "Check the layout and the offset against the size that Get-SharedMemory shows."),
        IpcErrorReason.LayoutTooLarge => (ErrorCategory.LimitsExceeded, "Declare one record, and read many of them with -Count."),
        IpcErrorReason.LayoutTypeUnsupported =>
            (ErrorCategory.InvalidType, "Give a struct of fixed-width numbers with a sequential or explicit layout, or C declarations."),
        IpcErrorReason.LayoutFieldNotFound => (ErrorCategory.InvalidArgument, "Use the layout's own field names."),
        IpcErrorReason.LayoutValueOutOfRange => (ErrorCategory.LimitsExceeded, "Give a value that fits, or declare a larger field."),
        IpcErrorReason.LayoutValueInvalid =>
            (ErrorCategory.InvalidType, "Give numbers for numbers, text for char arrays, a hashtable for a struct and a list for an "
                + "array."),
        IpcErrorReason.LayoutValueConflict =>
            (ErrorCategory.InvalidArgument, "Specify one member of the union, or change one member of a record."),
        IpcErrorReason.EchoAddressInvalid =>
            (ErrorCategory.InvalidArgument, "Give an IP address or a host name: 127.0.0.1, ::1, localhost."),
        IpcErrorReason.EchoAddressUnresolved => (ErrorCategory.ObjectNotFound, "Check the name, or give the IP address."),
        IpcErrorReason.EchoAddressUnavailable =>
            (ErrorCategory.ResourceUnavailable, "Choose an address that this machine has, or can reach."),
        IpcErrorReason.EchoPortInvalid =>
            (ErrorCategory.InvalidArgument, "Give a port from 1 to 65535; a server may give 0 for any free one."),
        IpcErrorReason.EchoAddressInUse => (ErrorCategory.ResourceBusy, "Choose another address, or -Port 0 for any free port."),
        IpcErrorReason.EchoAccessDenied =>
            (ErrorCategory.PermissionDenied, "Choose a port of 1024 or more, or a path that this user may use."),
        IpcErrorReason.EchoPathInvalid => (ErrorCategory.InvalidArgument, "Choose a shorter path in a folder that exists."),
        IpcErrorReason.EchoPathNotASocket => (ErrorCategory.InvalidArgument, "Choose another path, or remove the file yourself."),
        IpcErrorReason.EchoPipeNameInvalid => (ErrorCategory.InvalidArgument, "Give a plain name without a slash."),
        IpcErrorReason.EchoCertificateInvalid =>
            (ErrorCategory.InvalidArgument, "Give a certificate with its private key, for server authentication."),
        IpcErrorReason.EchoCertificateRejected =>
            (ErrorCategory.SecurityError, "Trust the server's certificate, or, for a test, give -SkipCertificateCheck."),
        IpcErrorReason.EchoFaultInvalid =>
            (ErrorCategory.InvalidArgument, "Faults are DelayMilliseconds, ChunkBytes, CorruptByte, ResetAfterBytes, StallAfterBytes and "
                + "RefuseEvery."),
        IpcErrorReason.EchoOptionInvalid => (ErrorCategory.InvalidArgument, null),
        IpcErrorReason.EchoConnectionRefused => (ErrorCategory.ConnectionError, "Check that a server listens there."),
        IpcErrorReason.EchoConnectionReset => (ErrorCategory.ConnectionError, null),
        IpcErrorReason.EchoConnectionClosed =>
            (ErrorCategory.ConnectionError, "Try -NoHalfClose, for a server that closes when the client has finished sending."),
        IpcErrorReason.EchoConnectTimeout => (ErrorCategory.OperationTimeout, "Check the address, or give it more time."),
        IpcErrorReason.EchoReplyTimeout =>
            (ErrorCategory.OperationTimeout, "Check that the server echoes, give it more time, or try -NoHalfClose."),
        IpcErrorReason.EchoReplyMismatch =>
            (ErrorCategory.InvalidResult, "What listens there is no echo server, or something in between changes the bytes."),
        IpcErrorReason.EchoMeasurementInvalid =>
            (ErrorCategory.InvalidData, "Give what Measure-EchoServer gave, of one message size and one transport."),
        IpcErrorReason.EchoMessageTooLarge => (ErrorCategory.LimitsExceeded, "Send less, or raise the server's -MaxMessageBytes."),
        IpcErrorReason.EchoServerNotFound => (ErrorCategory.ObjectNotFound, "List the servers of this process with Get-EchoServer."),
        IpcErrorReason.ProcessIdInvalid => (ErrorCategory.InvalidArgument, "Give the id of one process, 1 or more."),
        IpcErrorReason.ProcessNotFound => (ErrorCategory.ObjectNotFound, "List the processes that run with Get-Process."),
        IpcErrorReason.ProcessCreatorUncertain =>
            (ErrorCategory.SecurityError, "Check which process has the ID with Get-Process, and name it with -Id."),
        IpcErrorReason.ProcessAccessDenied => (ErrorCategory.PermissionDenied, "Signal processes of your own, or run as root."),
        IpcErrorReason.ProcessSignalInvalid => (ErrorCategory.InvalidArgument, "Give a signal's name: Interrupt, SIGINT, INT, 2."),
        IpcErrorReason.ProcessSignalNotWaitable =>
            (ErrorCategory.InvalidArgument, "Wait for Interrupt, Terminate, Hangup, User1 or User2."),
        _ => (ErrorCategory.NotSpecified, null),
    };
}
