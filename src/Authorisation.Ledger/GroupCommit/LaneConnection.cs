using Authorisation.Core;
using Authorisation.Ledger.BySnapshot;
using Authorisation.Ledger.Rows;
using Npgsql;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>
/// The one connection of a lane, with its statements prepared. Used by one lane, one call at a time. A transaction is
/// two round trips: <see cref="BeginAsync"/> locks and loads, <see cref="WriteAsync"/> writes and commits.
/// </summary>
internal sealed partial class LaneConnection(LedgerDatabase database) : IAsyncDisposable
{
    private static readonly string LapsedSql = EntryColumns.SqlOf("GroupCommit.Sql.lapsed.sql");
    private static readonly string NextLapseSql = EmbeddedSql.Read("GroupCommit.Sql.next_lapse.sql");

    private readonly AccountParameters _accounts = new();
    private readonly List<long> _particularsIds = [];
    private readonly List<int> _operatorIds = [];
    private readonly List<int> _monthOperatorIds = [];
    private readonly List<int> _months = [];
    private readonly List<Guid> _ids = [];
    private readonly List<Guid> _operationIds = [];
    private readonly RowArray<EntryRow> _newEntries = new(LedgerDatabase.EntryRowType);
    private readonly RowArray<OperationRow> _newOperations = new(LedgerDatabase.OperationRowType);
    private readonly RowArray<BalanceRow> _newBalances = new(LedgerDatabase.BalanceRowType);
    private readonly StaffParameters _staff = new();

    private NpgsqlConnection? _connection;
    private NpgsqlBatch? _load;
    private NpgsqlBatch? _followNames;
    private NpgsqlBatch? _begin;
    private NpgsqlBatch? _beginSkippingLocked;
    private NpgsqlBatch? _write;
    private NpgsqlBatch? _writeWithOperations;
    private SnapshotStatement? _bySnapshot;
    private NpgsqlBatch? _endUnchanged;
    private volatile bool _commitWasNotReplicated;

    /// <summary>How many sessions it has had.</summary>
    public int Sessions { get; private set; }

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
            _load = await PrepareLoadAsync(connection);
            _followNames = await PrepareFollowNamesAsync(connection);
            _begin = await PrepareBeginAsync(connection, skipLocked: false);
            _beginSkippingLocked = await PrepareBeginAsync(connection, skipLocked: true);
            if (database.Options.GivesBackOnly)
            {
                _write = _writeWithOperations = await PrepareGiveBackAsync(connection);
            }
            else
            {
                _write = await PrepareWriteAsync(connection, withOperations: false);
                _writeWithOperations = await PrepareWriteAsync(connection, withOperations: true);
            }

            _bySnapshot = await SnapshotStatement.PrepareAsync(connection, database.Options.RequireSynchronousStandby);
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

    /// <summary>Reads accounts as they are now, without a lock; those that there are.</summary>
    /// <param name="instruments">What they are on.</param>
    /// <param name="found">Gets each account and the time at which it was read.</param>
    public async Task LoadAsync(IReadOnlyList<Instrument> instruments, Action<LedgerAccount, DateTimeOffset> found)
    {
        _accounts.Set(instruments.Select(static instrument => new AccountKey(instrument)));
        await using var reader = await _load!.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            if (AccountColumns.Read(reader, new AccountKey(instruments[AccountColumns.Index(reader)])) is { } account)
            {
                found(account, AccountColumns.Now(reader));
            }
        }
    }

    /// <summary>
    /// The billing snapshot in force of these accounts, in their order; <see langword="null"/> where an account's own are not known.
    /// Adds those that there are not: in a transaction of its own, whose commit waits for no disk and no standby.
    /// </summary>
    public async Task<long?[]> FollowNamesAsync(IReadOnlyList<LedgerAccount> accounts)
    {
        _particularsIds.Clear();
        _particularsIds.AddRange(accounts.Select(static account => account.BillingSnapshotId));
        await using var reader = await _followNames!.ExecuteReaderAsync();
        await reader.ReadAsync();
        return reader.GetFieldValue<long?[]>(0);
    }

    /// <summary>
    /// Begins a transaction, locks the batch's accounts in the order of their ids, and loads them, the authorisations and
    /// operations that its ids have, and the time.
    /// </summary>
    /// <param name="batch">What to lock; receives what was loaded.</param>
    /// <param name="skipLocked">
    /// Leaves accounts that somebody else has locked, and months that somebody is closing, instead of waiting for
    /// <see cref="Limits.LockTimeout"/> and failing.
    /// </param>
    public async Task BeginAsync(Batch batch, bool skipLocked)
    {
        await OpenAsync();
        SetParameters(batch);
        await using var reader = await (skipLocked ? _beginSkippingLocked! : _begin!).ExecuteReaderAsync();

        var locked = new HashSet<Guid>(batch.Accounts.Count);
        while (await reader.ReadAsync())
        {
            locked.Add(reader.GetGuid(0));
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            batch.AddMonth(reader.GetInt32(0), CreditMonth.FromNumber(reader.GetInt32(1)), isKeptOpen: reader.GetBoolean(2));
            batch.Now = reader.GetFieldValue<DateTimeOffset>(3);
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            var row = AccountColumns.Read(reader, batch.Keys[AccountColumns.Index(reader)]);
            batch.AddAccount(row, row is null || locked.Contains(row.Id), AccountColumns.FirstOpenMonth(reader));
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            batch.Add(new AuthorisationHistory(EntryColumns.Read(reader)));
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            batch.AddLoaded(OperationColumns.Read(reader));
        }

        if (database.Options.RequireSynchronousStandby)
        {
            await reader.NextResultAsync();
            await reader.ReadAsync();
            if (!reader.GetBoolean(0))
            {
                throw NotReplicatedException.DoesNotWait();
            }
        }
    }

    /// <summary>
    /// Reads the holds that have lapsed of accounts which this transaction has locked, in the months of their balances,
    /// and when the next of each lapses.
    /// </summary>
    /// <param name="accounts">The accounts.</param>
    /// <param name="now">The moment of decision.</param>
    /// <param name="perAccountMax">How many of an account are read at most.</param>
    public async Task<(List<AuthorisationEntry> Lapsed, Dictionary<Guid, DateTimeOffset> NextLapses)> LapsedOfAsync(
        IReadOnlyList<CreditAccount> accounts, DateTimeOffset now, int perAccountMax)
    {
        var ids = accounts.Select(account => account.Id).ToArray();
        var months = accounts.Select(account => account.Balance.Month.Number).ToArray();
        await using var batch = new NpgsqlBatch(_connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(LapsedSql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = ids },
                new NpgsqlParameter<int[]> { TypedValue = months },
                new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime },
                new NpgsqlParameter<int> { TypedValue = perAccountMax },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(NextLapseSql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = ids },
                new NpgsqlParameter<int[]> { TypedValue = months },
                new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync();
        var lapsed = new List<AuthorisationEntry>();
        while (await reader.ReadAsync())
        {
            lapsed.Add(EntryColumns.Read(reader));
        }

        await reader.NextResultAsync();
        var next = new Dictionary<Guid, DateTimeOffset>();
        while (await reader.ReadAsync())
        {
            next.Add(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1));
        }

        return (lapsed, next);
    }

    /// <summary>What an account, which this transaction has locked, had used of a month before its balance's.</summary>
    public async Task<Balance> BalanceOfAsync(Guid accountId, CreditMonth month)
    {
        await using var command = new NpgsqlCommand(MonthBalance.Sql, _connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = month.Number });
        await using var reader = await command.ExecuteReaderAsync();
        return await MonthBalance.ReadAsync(reader, month);
    }

    /// <summary>Writes entries, operations and the balances that changed, and commits.</summary>
    /// <exception cref="NotReplicatedException">Committed, but Postgres gave up waiting for the standby.</exception>
    /// <exception cref="InvalidOperationException">There are entries, and these connections only give back.</exception>
    public async Task WriteAsync(
        List<AuthorisationEntry> entries,
        List<(OperationEntry Operation, int OperatorId)> operations,
        IReadOnlyList<AccountInBatch> accounts)
    {
        if (database.Options.GivesBackOnly && entries.Count > 0)
        {
            throw new InvalidOperationException("No purchase can be written where things are only given back.");
        }

        entries.Sort(static (one, other) => one.Purchase.Id.CompareTo(other.Purchase.Id));
        _newEntries.Clear();
        entries.ForEach(entry => _newEntries.Add().Set(entry));
        operations.Sort(static (one, other) => one.Operation.Request.Id.CompareTo(other.Operation.Request.Id));
        _newOperations.Clear();
        operations.ForEach(operation => _newOperations.Add().Set(operation.Operation, operation.OperatorId));
        if (database.Options.GivesBackOnly)
        {
            _staff.Set(operations);
        }

        _newBalances.Clear();
        foreach (var changed in accounts)
        {
            if (changed is { IsChanged: true, Row: { } account })
            {
                _newBalances.Add().Set(account);
            }
        }

        await CommitAsync(operations.Count > 0 ? _writeWithOperations! : _write!);
    }

    /// <summary>Commits what was decided on copies of accounts and is still true, in one round trip.</summary>
    /// <exception cref="NotReplicatedException">Committed, but Postgres gave up waiting for the standby.</exception>
    public async Task<SnapshotAnswer> CommitBySnapshotAsync(SnapshotBatch decided)
    {
        _commitWasNotReplicated = false;
        var answer = await _bySnapshot!.ExecuteAsync(decided);
        RequireReplicated();
        return answer;
    }

    /// <summary>
    /// Ends a transaction that has nothing to write but something to answer. An entry that it read may be one whose
    /// commit gave up waiting for the standby, so it waits again.
    /// </summary>
    /// <exception cref="NotReplicatedException">Postgres gave up waiting for the standby.</exception>
    public Task EndUnchangedAsync() =>
        database.Options.RequireSynchronousStandby ? CommitAsync(_endUnchanged!) : RollbackAsync();

    /// <summary>Ends a transaction that has nothing to write and nothing to answer; its locks are given back.</summary>
    public async Task RollbackAsync()
    {
        await using var command = new NpgsqlCommand("rollback", _connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Makes the connection fit for a new transaction after a failure: by rollback, or by leaving it.</summary>
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

    private async Task CommitAsync(NpgsqlBatch batch)
    {
        _commitWasNotReplicated = false;
        await batch.ExecuteNonQueryAsync();
        RequireReplicated();
    }

    private void RequireReplicated()
    {
        if (_commitWasNotReplicated && database.Options.RequireSynchronousStandby)
        {
            throw NotReplicatedException.GaveUpWaiting();
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            _bySnapshot?.Dispose();
            await LeaveAsync(connection, reloadTypes: false);
        }
    }

    /// <summary>Closes a connection, whatever state it is in.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="reloadTypes">
    /// Whether the next is to look anew at what types there are: they are looked up once for all connections, and the
    /// schema may have been migrated since.
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
