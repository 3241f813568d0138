using System.Globalization;
using Grpc.Core;

namespace Authorisation.Server.Telemetry;

/// <summary>The statuses of gRPC as labels have them.</summary>
internal static class GrpcStatus
{
    /// <summary>Their names, at the places of their numbers.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
        "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>A status as it is sent; UNKNOWN for what is none.</summary>
    public static int Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status < Names.Count
            ? status
            : (int)StatusCode.Unknown;

    /// <summary>Whether it says that the server could not do what it should.</summary>
    public static bool IsFault(int status) =>
        (StatusCode)status is StatusCode.Unknown or StatusCode.Internal or StatusCode.Unavailable or StatusCode.DataLoss;
}
