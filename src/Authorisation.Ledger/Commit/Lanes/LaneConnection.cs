using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;
using Npgsql;

namespace Authorisation.Ledger.Commit.Lanes;

/// <summary>
/// The one connection of a lane. What is said over it prepares its statements each time that a session is opened. Used
/// by one lane, one call at a time.
/// </summary>
internal sealed class LaneConnection(LedgerDatabase database) : IAsyncDisposable
{
    private readonly List<Func<NpgsqlConnection, Task>> _prepare = [];
    private NpgsqlConnection? _connection;
    private NpgsqlBatch? _endUnchanged;
    private volatile bool _commitWasNotReplicated;

    /// <summary>How many sessions it has had.</summary>
    public int Sessions { get; private set; }

    /// <summary>The session that is open.</summary>
    public NpgsqlConnection Session => _connection ?? throw new InvalidOperationException("Open the lane's connection first.");

    /// <summary>How the ledger is used over it.</summary>
    public LedgerOptions Options => database.Options;

    /// <summary>Has statements prepared on each session before its first use.</summary>
    public void OnSession(Func<NpgsqlConnection, Task> prepare) => _prepare.Add(prepare);

    /// <summary>Opens a session if there is none that can be used.</summary>
    public async Task OpenAsync()
    {
        if (_connection is { FullState: System.Data.ConnectionState.Open })
        {
            return;
        }

        await CloseAsync();
        var connection = database.NewLaneConnection();
        try
        {
            connection.Notice += OnNotice;
            await connection.OpenAsync();
            foreach (var prepare in _prepare)
            {
                await prepare(connection);
            }

            _endUnchanged = await PrepareAsync(
                connection, new NpgsqlBatchCommand(Standby.MarkSql), new NpgsqlBatchCommand("commit"));
            _connection = connection;
            Sessions++;
        }
        catch (Exception e)
        {
            await LeaveAsync(connection, reloadTypes: e is not NpgsqlException);
            throw;
        }
    }

    /// <summary>Prepares commands that are sent together.</summary>
    public static async Task<NpgsqlBatch> PrepareAsync(NpgsqlConnection connection, params IEnumerable<NpgsqlBatchCommand> commands)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.PrepareAsync();
        return batch;
    }

    /// <summary>Sends what ends with a commit.</summary>
    /// <exception cref="NotReplicatedException">Committed, but Postgres gave up waiting for the standby.</exception>
    public async Task CommitAsync(NpgsqlBatch batch)
    {
        ExpectReplication();
        await batch.ExecuteNonQueryAsync();
        RequireReplicated();
    }

    /// <summary>To be called before a statement that commits and whose answer is read.</summary>
    public void ExpectReplication() => _commitWasNotReplicated = false;

    /// <summary>To be called after that answer.</summary>
    /// <exception cref="NotReplicatedException">Committed, but Postgres gave up waiting for the standby.</exception>
    public void RequireReplicated()
    {
        if (_commitWasNotReplicated && Options.RequireSynchronousStandby)
        {
            throw NotReplicatedException.GaveUpWaiting();
        }
    }

    /// <summary>
    /// Ends a transaction that has nothing to write but something to answer. An entry that it read may be one whose
    /// commit gave up waiting for the standby, so it waits again.
    /// </summary>
    /// <exception cref="NotReplicatedException">Postgres gave up waiting for the standby.</exception>
    public Task EndUnchangedAsync() =>
        Options.RequireSynchronousStandby ? CommitAsync(_endUnchanged!) : RollbackAsync();

    /// <summary>Ends a transaction that has nothing to write and nothing to answer, and releases its locks.</summary>
    public async Task RollbackAsync()
    {
        await using var command = new NpgsqlCommand("rollback", _connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Makes the connection fit for a new transaction after a failure: by rollback, or by leaving it.
    /// </summary>
    /// <param name="leave">Whether the session is known to be of no more use.</param>
    public async Task RecoverAsync(bool leave)
    {
        try
        {
            if (!leave && _connection is { FullState: System.Data.ConnectionState.Open })
            {
                await RollbackAsync();
                return;
            }
        }
        catch (Exception)
        {
            // Whatever is wrong with it, it is left, and the next batch opens another.
        }

        await CloseAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await LeaveAsync(connection, reloadTypes: false);
        }
    }

    /// <summary>Closes a connection, whatever state it is in.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="reloadTypes">
    /// Whether the next connection must load the database's types again: they are loaded once for all connections, and
    /// the schema may have been migrated since.
    /// </param>
    private static async Task LeaveAsync(NpgsqlConnection connection, bool reloadTypes)
    {
        try
        {
            if (reloadTypes)
            {
                await connection.ReloadTypesAsync();
            }

            await connection.DisposeAsync();
        }
        catch (Exception)
        {
            // A connection that cannot be closed is broken, which is why it is being closed.
        }
    }

    // Postgres commits and warns when it is made to stop waiting for a standby.
    private void OnNotice(object sender, NpgsqlNoticeEventArgs e) =>
        _commitWasNotReplicated |= e.Notice.InvariantSeverity == "WARNING";
}
