using Microsoft.Extensions.Logging;

namespace Authorisation.Cache;

/// <summary>Every line this project logs. The event ids are what alerts refer to, and never change.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(3001, LogLevel.Warning,
        "Redis does not serve: {Failures} commands in a row failed, the last one with {Cause}. Going on without it; nothing is decided otherwise.")]
    public static partial void CacheDoesNotServe(this ILogger logger, int failures, string cause);

    [LoggerMessage(3002, LogLevel.Information, "Redis serves again.")]
    public static partial void CacheServesAgain(this ILogger logger);
}
