using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Ledger.Database;

/// <summary>
/// The connections of one server to the ledger: one kept by each commit lane, and a pool for each other kind of call,
/// so that one kind can wait for Postgres without taking a connection from another. All carry the bounds that keep a
/// stopped server or a forgotten psql session from stalling everybody else.
/// </summary>
/// <remarks>
/// Safe for any number of callers, as Npgsql's pools are. A pool has as many connections as its kind may use at once; a
/// caller waits for a turn before it asks for a connection, not in the pool.
/// </remarks>
public sealed class LedgerDatabase : IAsyncDisposable
{
    // The feeds of cards read beside the watchers that catch up.
    private const int CardFeedReaders = 1;

    // One for the listener of tokens, one for that of cards, one for the look at the ledger, and one to spare.
    private const int OwnConnectionsMax = 4;

    private readonly NpgsqlDataSource _lanes;

    /// <summary>The names of the types that rows are sent as.</summary>
    internal const string EntryRowType = "purchase_row", BalanceRowType = "balance_row", OperationRowType = "operation_row";

    /// <summary>Prepares the connections; opens none.</summary>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public LedgerDatabase(LedgerOptions options, ILoggerFactory loggers)
    {
        Options = options;
        Reads = Pool("reads", Limits.ReadsAtOnceMax);
        Looks = Pool("looks", Limits.OperationLooksAtOnceMax);
        Activations = Pool("activations", Limits.ActivationsAtOnceMax);
        Cards = Pool("cards", Limits.CardPageReadersMax + CardFeedReaders);
        Own = Pool("own", OwnConnectionsMax);
        Sweeps = NpgsqlDataSource.Create(LockConnectionString(
            options.ConnectionString, "authorisation holds", Limits.HoldSweeperSilenceMax, isPooled: true));
        var lanes = new NpgsqlDataSourceBuilder(LaneConnectionString(options.ConnectionString)).UseLoggerFactory(loggers);
        lanes.MapComposite<EntryRow>(EntryRowType);
        lanes.MapComposite<BalanceRow>(BalanceRowType);
        lanes.MapComposite<OperationRow>(OperationRowType);
        _lanes = lanes.Build();

        NpgsqlDataSource Pool(string kind, int connections) => new NpgsqlDataSourceBuilder(
            PoolConnectionString(options.ConnectionString, kind, connections)).UseLoggerFactory(loggers).Build();
    }

    /// <summary>The options it was made with.</summary>
    public LedgerOptions Options { get; }

    /// <summary>The pool of the reads that callers ask for.</summary>
    public NpgsqlDataSource Reads { get; }

    /// <summary>The pool of the looks for the authorisations of operations and advices.</summary>
    public NpgsqlDataSource Looks { get; }

    /// <summary>The pool of activations.</summary>
    public NpgsqlDataSource Activations { get; }

    /// <summary>The pool of the readers of cards.</summary>
    public NpgsqlDataSource Cards { get; }

    /// <summary>The pool of what the server itself follows: tokens, operators, health.</summary>
    public NpgsqlDataSource Own { get; }

    /// <summary>The pool of the sweeper of holds, whose lock ends with its session.</summary>
    internal NpgsqlDataSource Sweeps { get; }

    /// <summary>Makes a closed connection for a lane to open and keep; it belongs to no pool.</summary>
    internal NpgsqlConnection NewLaneConnection() => _lanes.CreateConnection();

    /// <summary>
    /// Makes a closed connection for the sequencer of cards, whose locks end with it: it belongs to no pool.
    /// </summary>
    internal NpgsqlConnection NewSequencerConnection() => new(LockConnectionString(
        Options.ConnectionString, "authorisation cards", Limits.CardSequencerSilenceMax, isPooled: false));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Reads.DisposeAsync();
        await Looks.DisposeAsync();
        await Activations.DisposeAsync();
        await Cards.DisposeAsync();
        await Own.DisposeAsync();
        await Sweeps.DisposeAsync();
        await _lanes.DisposeAsync();
    }

    private static NpgsqlConnectionStringBuilder Bounded(string connectionString, string sessionSettings)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timeout = (int)Limits.ConnectTimeout.TotalSeconds,
            CommandTimeout = (int)Limits.CommandTimeout.TotalSeconds,
            CancellationTimeout = (int)Limits.ConnectTimeout.TotalMilliseconds,
            IncludeErrorDetail = false,
        };
        builder.HostRecheckSeconds = Math.Min(builder.HostRecheckSeconds, (int)Limits.HostMemoryMax.TotalSeconds);
        // Every wait is bounded by Postgres itself, so that it ends also when this process is stopped.
        builder.Options = string.Join(
            ' ',
            builder.Options,
            Setting("statement_timeout", Limits.StatementTimeout),
            Setting("lock_timeout", Limits.LockTimeout),
            Setting("idle_in_transaction_session_timeout", Limits.IdleInTransactionTimeout),
            sessionSettings).Trim();
        return builder;
    }

    private static string PoolConnectionString(string connectionString, string kind, int connections)
    {
        var builder = Bounded(
            connectionString,
            // One plan for each statement, by index: planning a question about credit takes Postgres five times as long
            // as answering it.
            "-c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off "
            // What is counted under a lock must be what was committed when the lock was got, whatever the database's
            // default is.
            + "-c default_transaction_isolation=read\\ committed");
        builder.ApplicationName ??= $"authorisation {kind}";
        // Nothing is set for a session, and locks of sessions have connections of their own: to reset one would only be a
        // statement more for each use.
        builder.NoResetOnClose = true;
        builder.MaxPoolSize = connections;
        builder.MinPoolSize = Math.Min(builder.MinPoolSize, connections);
        builder.MaxAutoPrepare = 32;
        builder.AutoPrepareMinUsages = 2;
        return builder.ConnectionString;
    }

    private static string LockConnectionString(string connectionString, string name, TimeSpan silenceMax, bool isPooled)
    {
        // Postgres ends a session that stands still, or whose machine is gone: its locks are another server's then.
        var builder = Bounded(
            connectionString,
            $"-c jit=off {Setting("idle_session_timeout", silenceMax)} "
            + "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3");
        builder.ApplicationName ??= name;
        builder.Pooling = isPooled;
        return builder.ConnectionString;
    }

    private static string LaneConnectionString(string connectionString)
    {
        // One plan for every batch, by index: a plan chosen while a table was small would go on scanning it when large.
        var builder = Bounded(
            connectionString,
            "-c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
            + "-c enable_mergejoin=off -c enable_bitmapscan=off "
            // Each statement sees what was committed before it began, whatever the database's default is: what is read
            // after a lock was waited for must be what the lock's last owner left.
            + "-c default_transaction_isolation=read\\ committed "
            // Postgres reports by a warning that a commit no longer waits for its standby.
            + "-c client_min_messages=warning");
        builder.ApplicationName ??= "authorisation lane";
        builder.Pooling = false;
        // A batch leaves in one write: were the process stopped between two, its locks would have no bound.
        builder.WriteBufferSize = 256 * 1024;
        return builder.ConnectionString;
    }

    private static string Setting(string name, TimeSpan value) =>
        string.Create(CultureInfo.InvariantCulture, $"-c {name}={(long)value.TotalMilliseconds}ms");
}
