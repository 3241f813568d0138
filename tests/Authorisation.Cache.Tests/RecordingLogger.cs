using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Authorisation.Cache.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLogger : ILogger<CreditSnapshotCache>
{
    private readonly ConcurrentQueue<(int EventId, string Text)> _lines = new();

    public IReadOnlyList<(int EventId, string Text)> Lines => [.. _lines];

    public IEnumerable<int> EventIds => Lines.Select(line => line.EventId);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, formatter(state, exception) + exception));
}
