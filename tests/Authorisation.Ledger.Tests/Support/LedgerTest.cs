using Authorisation.Core;
using Authorisation.Ledger.Database;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Support;

/// <summary>
/// Base of tests on the shared ledger. The servers and lanes that a test makes are disposed of at its end, and an error
/// that they logged unexpectedly fails it.
/// </summary>
public abstract class LedgerTest : LoggedTest, IClassFixture<SharedLedger>, IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _made = [];
    private readonly SharedLedger _shared;
    private TestOperator? _operator;

    protected LedgerTest(SharedLedger shared, ITestOutputHelper output)
        : base(output)
    {
        _shared = shared;
        Loggers = LoggerFactory.Create(logging => logging.AddFilter("Npgsql", LogLevel.Warning).AddProvider(Log));
    }

    /// <summary>Where servers log to.</summary>
    protected ILoggerFactory Loggers { get; }

    /// <summary>The ledger that all tests share.</summary>
    protected TestLedger Ledger => _shared.Ledger;

    /// <summary>The fixture, for databases of a test's own.</summary>
    protected SharedLedger Shared => _shared;

    /// <summary>The test's own operator in the shared ledger.</summary>
    protected TestOperator Operator => _operator ?? throw new InvalidOperationException("The test has not begun.");

    /// <inheritdoc/>
    public virtual async Task InitializeAsync() => _operator = await TestOperator.CreateAsync(Ledger);

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        while (_made.TryPop(out var made))
        {
            await made.DisposeAsync();
        }
    }

    /// <summary>Another server of the ledger.</summary>
    internal LedgerNode NewNode(
        TestLedger? ledger = null, string? name = null, int lanes = 2, Action<LedgerOptions>? configure = null) =>
        Keep(new LedgerNode((ledger ?? Ledger).Connect(name, lanes, Loggers, configure), Loggers));

    /// <summary>A lane without a queue.</summary>
    internal TestLane NewLane(TestLedger? ledger = null, string? name = null) =>
        Keep(new TestLane(Keep((ledger ?? Ledger).Connect(name, loggers: Loggers)), Loggers));

    /// <summary>Locks an account from a psql session that is then left open.</summary>
    internal async Task<NpgsqlConnection> LockAsync(Instrument instrument)
    {
        var psql = Keep(await Ledger.OpenSessionAsync());
        await psql.ExecuteAsync("begin transaction");
        await psql.ExecuteAsync(
            "select from credit_account where id = @id for update", new { id = Operator.AccountOf(instrument) });
        return psql;
    }

    /// <summary>Disposes of something at the test's end, the newest first.</summary>
    internal T Keep<T>(T made)
        where T : IAsyncDisposable
    {
        _made.Push(made);
        return made;
    }
}
