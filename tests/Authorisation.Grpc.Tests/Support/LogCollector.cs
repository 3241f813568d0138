using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>Keeps what the server logs, so that an error nobody expected fails the test.</summary>
public sealed class LogCollector : ILoggerProvider
{
    public ConcurrentQueue<LogEntry> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogCollector collector, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            collector.Entries.Enqueue(new LogEntry(logLevel, category, formatter(state, exception), exception));
    }
}
