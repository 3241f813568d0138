using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Commit.UnderLock;

/// <summary>
/// What is said to Postgres under lock, each statement prepared once on the lane's session. A transaction is two round
/// trips: <see cref="BeginAsync"/> locks and loads, <see cref="WriteAsync"/> writes and commits. Used by one lane, one
/// call at a time.
/// </summary>
internal sealed class UnderLockStatements
{
    private static readonly string LapsedSql = EntryColumns.SqlOf("Commit.UnderLock.Sql.lapsed.sql");
    private static readonly string NextLapseSql = EmbeddedSql.Read("Commit.UnderLock.Sql.next_lapse.sql");

    private const string TrySpendSql = "select try_spend_budgets($1, $2, $3)";
    private const string SpendSql = "select spend_budgets(array[$1], array[$2], array[$3], false)";

    private readonly LaneConnection _connection;
    private readonly bool _isRehearsal;
    private readonly AccountParameters _accounts = new();
    private readonly KnownRules _rules = new();
    private readonly List<int> _operatorIds = [];
    private readonly List<int> _monthOperatorIds = [];
    private readonly List<int> _months = [];
    private readonly List<Guid> _ids = [];
    private readonly List<Guid> _operationIds = [];
    private readonly RowArray<EntryRow> _newEntries = new(LedgerDatabase.EntryRowType);
    private readonly RowArray<OperationRow> _newOperations = new(LedgerDatabase.OperationRowType);
    private readonly RowArray<BalanceRow> _newBalances = new(LedgerDatabase.BalanceRowType);
    private readonly StaffParameters _staff = new();
    private NpgsqlBatch? _begin;
    private NpgsqlBatch? _beginSkippingLocked;
    private NpgsqlBatch? _write;
    private NpgsqlBatch? _writeWithOperations;

    // How a transaction that writes ends.
    private string End => _isRehearsal ? "rollback" : "commit";

    /// <summary>Has the statements prepared on each session of the connection.</summary>
    /// <param name="connection">The lane's.</param>
    /// <param name="isRehearsal">
    /// Rolls back instead of committing, and puts the accounts of <see cref="Rehearsal"/> on its instruments.
    /// </param>
    public UnderLockStatements(LaneConnection connection, bool isRehearsal = false)
    {
        (_connection, _isRehearsal) = (connection, isRehearsal);
        connection.OnSession(PrepareAsync);
    }

    /// <summary>
    /// Begins a transaction, locks the batch's accounts in the order of their ids, and loads them, the authorisations
    /// and operations that its ids have, and the time.
    /// </summary>
    /// <param name="batch">What to lock; receives what was loaded.</param>
    /// <param name="skipLocked">
    /// Skips accounts that another session has locked, and months that are being closed, instead of waiting for
    /// <see cref="Limits.LockTimeout"/> and failing.
    /// </param>
    public async Task BeginAsync(Batch batch, bool skipLocked)
    {
        await _connection.OpenAsync();
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
            var key = batch.Keys[AccountColumns.Index(reader)];
            var row = _isRehearsal ? StandIn(batch, key, AccountColumns.Now(reader)) : AccountColumns.Read(reader, key, _rules);
            batch.AddAccount(row, _isRehearsal || row is null || locked.Contains(row.Id), AccountColumns.FirstOpenMonth(reader));
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

        if (_connection.Options.RequireSynchronousStandby)
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
        await using var batch = new NpgsqlBatch(_connection.Session);
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
        await using var command = new NpgsqlCommand(MonthBalance.Sql, _connection.Session);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = month.Number });
        await using var reader = await command.ExecuteReaderAsync();
        return await MonthBalance.ReadAsync(reader, month);
    }

    /// <summary>
    /// Spends what is bought of the budgets that it counts in, as a part of this transaction.
    /// </summary>
    /// <param name="entry">An approved purchase.</param>
    /// <param name="mustFit">Whether a budget can refuse it.</param>
    /// <returns>Whose budget refuses it; <see cref="RuleOwner.None"/> when none does.</returns>
    public async Task<RuleOwner> SpendBudgetsAsync(AuthorisationEntry entry, bool mustFit)
    {
        await using var command = new NpgsqlCommand(mustFit ? TrySpendSql : SpendSql, _connection.Session);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = entry.BillingSnapshotId!.Value });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = entry.CreditMonth.Number });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = entry.Purchase.AmountMinor });
        var answer = await command.ExecuteScalarAsync();
        return mustFit ? (RuleOwner)(short)answer! : RuleOwner.None;
    }

    /// <summary>Writes entries, operations and the balances that changed, and commits.</summary>
    /// <exception cref="NotReplicatedException">Committed, but Postgres gave up waiting for the standby.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are entries to write, but these connections only return credit.
    /// </exception>
    public async Task WriteAsync(
        List<AuthorisationEntry> entries,
        List<(OperationEntry Operation, int OperatorId)> operations,
        IReadOnlyList<AccountInBatch> accounts)
    {
        if (_connection.Options.GivesBackOnly && entries.Count > 0)
        {
            throw new InvalidOperationException("No purchase can be written on a connection that only returns credit.");
        }

        entries.Sort(static (one, other) => one.Purchase.Id.CompareTo(other.Purchase.Id));
        _newEntries.Clear();
        entries.ForEach(entry => _newEntries.Add().Set(entry));
        operations.Sort(static (one, other) => one.Operation.Request.Id.CompareTo(other.Operation.Request.Id));
        _newOperations.Clear();
        operations.ForEach(operation => _newOperations.Add().Set(operation.Operation, operation.OperatorId));
        if (_connection.Options.GivesBackOnly)
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

        await _connection.CommitAsync(operations.Count > 0 ? _writeWithOperations! : _write!);
    }

    // The operator is in no ledger, so neither a month nor the time was found for it.
    private static LedgerAccount? StandIn(Batch batch, AccountKey key, DateTimeOffset now)
    {
        batch.Now = now;
        batch.AddMonth(key.Instrument.OperatorId, Rehearsal.MonthAt(now), isKeptOpen: true);
        return Rehearsal.AccountOn(key.Instrument, now);
    }

    private async Task PrepareAsync(NpgsqlConnection session)
    {
        _begin = await PrepareBeginAsync(session, skipLocked: false);
        _beginSkippingLocked = await PrepareBeginAsync(session, skipLocked: true);
        if (_connection.Options.GivesBackOnly)
        {
            _write = _writeWithOperations = await PrepareGiveBackAsync(session);
        }
        else
        {
            _write = await PrepareWriteAsync(session, withOperations: false);
            _writeWithOperations = await PrepareWriteAsync(session, withOperations: true);
        }
    }

    private Task<NpgsqlBatch> PrepareBeginAsync(NpgsqlConnection session, bool skipLocked)
    {
        var lockAccounts = new NpgsqlBatchCommand(
            EmbeddedSql.Read("Commit.UnderLock.Sql.lock.sql") + (skipLocked ? " skip locked" : ""));
        _accounts.AddTo(lockAccounts.Parameters);

        var months = new NpgsqlBatchCommand(EmbeddedSql.Read("Commit.UnderLock.Sql.months.sql"));
        months.Parameters.Add(ArrayParameter.Of(_operatorIds, NpgsqlDbType.Integer));
        months.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = skipLocked });
        months.Parameters.Add(ArrayParameter.Of(_monthOperatorIds, NpgsqlDbType.Integer));
        months.Parameters.Add(ArrayParameter.Of(_months, NpgsqlDbType.Integer));

        var accounts = new NpgsqlBatchCommand(AccountsSql.ForDecisions);
        _accounts.AddTo(accounts.Parameters);

        var entries = new NpgsqlBatchCommand(EntryColumns.SqlOf("Rows.entries.sql"));
        entries.Parameters.Add(ArrayParameter.Of(_ids, NpgsqlDbType.Uuid));

        var operations = new NpgsqlBatchCommand(EmbeddedSql.Read("Rows.operations.sql"));
        operations.Parameters.Add(ArrayParameter.Of(_ids, NpgsqlDbType.Uuid));
        operations.Parameters.Add(ArrayParameter.Of(_operationIds, NpgsqlDbType.Uuid));

        NpgsqlBatchCommand[] commitsWait = _connection.Options.RequireSynchronousStandby
            ? [new NpgsqlBatchCommand($"select {Standby.CommitsWaitSql}")] : [];
        return LaneConnection.PrepareAsync(
            session,
            [
                new NpgsqlBatchCommand("begin isolation level read committed"), lockAccounts, months, accounts, entries, operations,
                .. commitsWait,
            ]);
    }

    private Task<NpgsqlBatch> PrepareWriteAsync(NpgsqlConnection session, bool withOperations)
    {
        var insert = new NpgsqlBatchCommand(EmbeddedSql.Read("Commit.UnderLock.Sql.insert.sql"));
        insert.Parameters.Add(_newEntries.ToParameter());
        var operations = new NpgsqlBatchCommand(EmbeddedSql.Read("Commit.UnderLock.Sql.insert_operations.sql"));
        operations.Parameters.Add(_newOperations.ToParameter());
        var update = new NpgsqlBatchCommand(EmbeddedSql.Read("Commit.UnderLock.Sql.update.sql"));
        update.Parameters.Add(_newBalances.ToParameter());
        var commit = new NpgsqlBatchCommand(End);
        return withOperations
            ? LaneConnection.PrepareAsync(session, insert, operations, update, commit)
            : LaneConnection.PrepareAsync(session, insert, update, commit);
    }

    private Task<NpgsqlBatch> PrepareGiveBackAsync(NpgsqlConnection session)
    {
        var giveBack = new NpgsqlBatchCommand("select control.give_back($1, $2, $3, $4, $5, $6)");
        giveBack.Parameters.Add(_newOperations.ToParameter());
        giveBack.Parameters.Add(_newBalances.ToParameter());
        _staff.AddTo(giveBack.Parameters);
        return LaneConnection.PrepareAsync(session, giveBack, new NpgsqlBatchCommand(End));
    }

    private void SetParameters(Batch batch)
    {
        _accounts.Set(batch.Keys);
        _operatorIds.Clear();
        _monthOperatorIds.Clear();
        _months.Clear();
        _ids.Clear();
        _operationIds.Clear();
        foreach (var item in batch.Items)
        {
            _ids.Add(item.Command.AuthorisationId);
            if (!_operatorIds.Contains(item.Terms.Id))
            {
                _operatorIds.Add(item.Terms.Id);
            }

            if (item.Command is Operation operation)
            {
                _operationIds.Add(operation.Id);
            }

            if (item.Month != default)
            {
                _monthOperatorIds.Add(item.Terms.Id);
                _months.Add(item.Month.Number);
            }
        }
    }
}
