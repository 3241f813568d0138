namespace Grpc.Core;

/// <summary>How a call ended; the numbers are the protocol's.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The operation was cancelled, typically by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error without a better code, such as an exception that the handler did not catch.</summary>
    Unknown = 2,

    /// <summary>The request itself is wrong, whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the operation ended; it may have succeeded all the same.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be created exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,

    /// <summary>A quota, a queue or a size limit is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system's state does not allow the operation; retrying alone does not help.</summary>
    FailedPrecondition = 9,

    /// <summary>The operation was aborted, typically by a concurrent one.</summary>
    Aborted = 10,

    /// <summary>The operation went past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The service or method is not implemented here.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken, on the wire or in the system.</summary>
    Internal = 13,

    /// <summary>The service is out of reach for now; a retry may help.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt beyond repair.</summary>
    DataLoss = 15,
}
