using Microsoft.Extensions.Logging;

namespace Authorisation.Testing;

/// <summary>One thing that was logged.</summary>
public sealed record LogEntry(string Category, LogLevel Level, EventId EventId, string Message, Exception? Exception)
{
    // Grpc.AspNetCore's "Error when executing service method" and "Error occurred while trying to cancel the request due to
    // deadline exceeded".
    private const int MethodFailed = 6;
    private const int DeadlineCancellation = 9;

    /// <summary>
    /// Whether it says that something is wrong with the server: any error but those of one race. Grpc.AspNetCore ends a call at
    /// its deadline on a thread of its own. When that is the moment in which the answer is written, either finds that the
    /// other was first, says so at error, and leaves the end of the call to its client's reset.
    /// </summary>
    public bool IsFault => Level >= LogLevel.Error
        && !(Category.StartsWith("Grpc.", StringComparison.Ordinal) && Exception is InvalidOperationException { Message: var why }
            && (EventId.Id, why) is (DeadlineCancellation, "Headers are read-only, response has already started.")
                or (MethodFailed, "Writing is not allowed after writer was completed."));

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Level} {Category}[{EventId.Id}] {Message}{(Exception is null ? "" : $" — {Exception}")}";
}
