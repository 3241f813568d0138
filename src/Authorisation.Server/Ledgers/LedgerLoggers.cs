namespace Authorisation.Server.Ledgers;

/// <summary>
/// Has each line about one ledger of several begin with its name: <c>ledger north: …</c>. Ids, levels and values are as
/// they are without it.
/// </summary>
/// <remarks>Safe for any number of threads: it keeps no state.</remarks>
internal sealed class LedgerLoggers(ILoggerFactory inner, string ledger) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger(categoryName), $"ledger {ledger}: ");

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>Does nothing: the factory that it adds to is the host's.</summary>
    public void Dispose()
    {
    }

    private sealed class Logger(ILogger inner, string prefix) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, (values, failure) => prefix + formatter(values, failure));
    }
}
