using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Authorisation.Testing;

/// <summary>
/// Records what a server under test logs. An error that the test did not announce with <see cref="Expect"/> fails it:
/// <see cref="AssertNoUnexpectedErrors"/>, which <see cref="LoggedTest"/> calls at the end of every test.
/// </summary>
/// <remarks>
/// Safe for several threads: entries and expectations are concurrent collections that only grow, and writing to xunit's
/// output, which refuses once the test is over, is caught.
/// </remarks>
public sealed class TestLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();
    private readonly ConcurrentDictionary<int, bool> _expected = new();
    private readonly ITestOutputHelper? _output;

    /// <summary>Begins with nothing recorded; what is logged is written to the test's output, too, if there is one.</summary>
    public TestLog(ITestOutputHelper? output = null) => _output = output;

    /// <summary>Everything that was logged, in order.</summary>
    public IReadOnlyCollection<LogEntry> Entries => _entries;

    /// <summary>Says that errors with this event id belong to the test.</summary>
    public void Expect(int eventId) => _expected[eventId] = true;

    /// <summary>Fails the test if an error was logged that was not expected.</summary>
    public void AssertNoUnexpectedErrors()
    {
        var unexpected = _entries.Where(e => e.IsFault && !_expected.ContainsKey(e.EventId.Id)).ToList();
        if (unexpected.Count > 0)
        {
            throw new XunitException(
                $"{unexpected.Count} unexpected error(s) were logged:{Environment.NewLine}{string.Join(Environment.NewLine, unexpected)}");
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Does nothing: the log outlives the host that wrote to it, so that the test can look at it.</summary>
    public void Dispose()
    {
    }

    private void Add(LogEntry entry)
    {
        _entries.Enqueue(entry);
        try
        {
            _output?.WriteLine(entry.ToString());
        }
        catch (InvalidOperationException)
        {
            // The test is over and something still logs. It is recorded all the same.
        }
    }

    private sealed class Logger(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add(new LogEntry(category, logLevel, eventId, formatter(state, exception), exception));
    }
}
