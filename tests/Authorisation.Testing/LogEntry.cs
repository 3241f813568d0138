using Microsoft.Extensions.Logging;

namespace Authorisation.Testing;

/// <summary>One thing that was logged.</summary>
public sealed record LogEntry(string Category, LogLevel Level, EventId EventId, string Message, Exception? Exception)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Level} {Category}[{EventId.Id}] {Message}{(Exception is null ? "" : $" — {Exception}")}";
}
