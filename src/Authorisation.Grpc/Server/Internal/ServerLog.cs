using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>What the server logs. Only a handler's own fault is an error; what clients do wrong is not.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Error, "Error when executing service method '{Method}'.")]
    public static partial void HandlerFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Service method '{Method}' ended with {StatusCode}.")]
    public static partial void CallEndedWithError(ILogger logger, string method, Core.StatusCode statusCode, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Service method '{Method}' was given up by the client or its deadline.")]
    public static partial void HandlerCancelled(ILogger logger, string method, Exception exception);

    [LoggerMessage(4, LogLevel.Debug, "The deadline of '{Method}' passed after {Timeout}.")]
    public static partial void DeadlinePassed(ILogger logger, string method, TimeSpan timeout);

    [LoggerMessage(5, LogLevel.Information, "Request content-type of '{ContentType}' is not supported.")]
    public static partial void UnsupportedContentType(ILogger logger, string? contentType);

    [LoggerMessage(6, LogLevel.Information, "Request protocol of '{Protocol}' is not supported.")]
    public static partial void UnsupportedProtocol(ILogger logger, string protocol);

    [LoggerMessage(7, LogLevel.Information, "'{Path}' is not implemented.")]
    public static partial void Unimplemented(ILogger logger, string? path);

    [LoggerMessage(8, LogLevel.Error, "Ending '{Method}' at its deadline failed.")]
    public static partial void DeadlineFailed(ILogger logger, string method, Exception exception);
}
