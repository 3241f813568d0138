using Microsoft.Extensions.Logging;

namespace Authorisation.Testing;

/// <summary>One thing that was logged.</summary>
public sealed record LogEntry(string Category, LogLevel Level, EventId EventId, string Message, Exception? Exception)
{
    // Grpc.AspNetCore's "Error occurred while trying to cancel the request due to deadline exceeded".
    private const int DeadlineCancellation = 9;

    /// <summary>
    /// Whether it says that something is wrong with the server: any error but one. When a deadline passes in the moment in which
    /// the answer begins, Grpc.AspNetCore finds the headers sent that it was about to write, says so at error, and leaves the end
    /// of the call to its client's reset.
    /// </summary>
    public bool IsFault => Level >= LogLevel.Error
        && !(EventId.Id == DeadlineCancellation && Category.StartsWith("Grpc.", StringComparison.Ordinal)
            && Exception is InvalidOperationException { Message: "Headers are read-only, response has already started." });

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Level} {Category}[{EventId.Id}] {Message}{(Exception is null ? "" : $" — {Exception}")}";
}
