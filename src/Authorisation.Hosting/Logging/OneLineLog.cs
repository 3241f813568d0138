using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Authorisation.Hosting.Logging;

/// <summary>How every host writes its log: one line an entry, with the time in UTC, on standard output.</summary>
internal static class OneLineLog
{
    /// <summary>Writes the log so, and nowhere else.</summary>
    public static ILoggingBuilder UseOneLine(this ILoggingBuilder logging) => logging.ClearProviders().AddSimpleConsole(Configure);

    private static void Configure(SimpleConsoleFormatterOptions options)
    {
        options.SingleLine = true;
        options.UseUtcTimestamp = true;
        options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    }
}
