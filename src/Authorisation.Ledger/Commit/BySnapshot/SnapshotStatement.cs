using System.Runtime.InteropServices;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>
/// <c>by_snapshot.sql</c>, prepared on a lane's connection: one round trip, which is also the transaction. Used by one
/// lane, one call at a time.
/// </summary>
internal sealed class SnapshotStatement
{
    private static readonly string AllTrue = new('1', Limits.CommitBatchItemsMax);

    private readonly List<int> _operatorIds = [];
    private readonly List<int> _months = [];
    private readonly Dictionary<Guid, long> _versions = [];
    private readonly List<Guid> _organisations = [];
    private readonly BudgetParameters _budgets = new();
    private readonly RowArray<BalanceRow> _spentOn = new(LedgerDatabase.BalanceRowType);
    private readonly RowArray<BalanceRow> _lookedAt = new(LedgerDatabase.BalanceRowType);
    private readonly RowArray<EntryRow> _entries = new(LedgerDatabase.EntryRowType);
    private readonly List<(AuthorisationEntry Entry, SnapshotAccount Account)> _sorted = [];
    private readonly LaneConnection _connection;
    private readonly bool _isRehearsal;
    private NpgsqlBatch? _batch;

    // Of the batch, as a parameter belongs to one command.
    private NpgsqlParameter<DateTime> _from = null!;
    private NpgsqlParameter<DateTime> _until = null!;
    private NpgsqlParameter<long> _organisationVersions = null!;

    /// <summary>Has it prepared on each session of the connection.</summary>
    /// <param name="connection">The lane's.</param>
    /// <param name="isRehearsal">Rolls back what it did, and takes all copies for true.</param>
    public SnapshotStatement(LaneConnection connection, bool isRehearsal = false)
    {
        (_connection, _isRehearsal) = (connection, isRehearsal);
        connection.OnSession(PrepareAsync);
    }

    /// <summary>Commits what is still true.</summary>
    /// <exception cref="NotReplicatedException">Committed, but Postgres gave up waiting for the standby.</exception>
    /// <exception cref="PostgresException">
    /// 40001: an organisation has another version by now; BU001: a purchase does not fit in a budget. Nothing is written.
    /// </exception>
    public async Task<SnapshotAnswer> ExecuteAsync(SnapshotBatch decided)
    {
        Set(decided);
        if (_isRehearsal)
        {
            return await RehearseAsync();
        }

        _connection.ExpectReplication();
        var answer = await ReadAsync();
        _connection.RequireReplicated();
        return answer;
    }

    // The accounts are in no ledger, so their copies cannot be true of it.
    private async Task<SnapshotAnswer> RehearseAsync()
    {
        try
        {
            return await ReadAsync() with { Places = AllTrue, IsAllowed = true };
        }
        catch
        {
            // A failure leaves the transaction open, which no batch by snapshot expects.
            await _connection.RecoverAsync(leave: false);
            throw;
        }
    }

    private async Task<SnapshotAnswer> ReadAsync()
    {
        await using var reader = await _batch!.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        var answer = new SnapshotAnswer(
            reader.GetString(0),
            reader.GetBoolean(1),
            reader.GetFieldValue<DateTimeOffset>(2),
            reader.GetFieldValue<DateTimeOffset>(3));
        // Postgres sends this row before it inserts the entries: only the end of the answer shows that they are
        // committed.
        await reader.NextResultAsync();
        return answer;
    }

    private async Task PrepareAsync(NpgsqlConnection session)
    {
        _from = new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz };
        _until = new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz };
        _organisationVersions = new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint };
        var keepOpen = new NpgsqlBatchCommand(
            "select pg_advisory_xact_lock_shared(m.operator_id, m.month) "
            + "from unnest($1::integer[], $2::integer[]) as m(operator_id, month)");
        AddMonthsTo(keepOpen.Parameters);

        var mayCommit = _connection.Options.RequireSynchronousStandby ? $"({Standby.CommitsWaitSql})" : "true";
        var commit = new NpgsqlBatchCommand(
            EmbeddedSql.Read("Commit.BySnapshot.by_snapshot.sql").Replace("{may_commit}", mayCommit, StringComparison.Ordinal));
        commit.Parameters.Add(_spentOn.ToParameter());
        commit.Parameters.Add(_lookedAt.ToParameter());
        commit.Parameters.Add(_from);
        commit.Parameters.Add(_until);
        commit.Parameters.Add(_entries.ToParameter());
        AddMonthsTo(commit.Parameters);
        commit.Parameters.Add(ArrayParameter.Of(_organisations, NpgsqlDbType.Uuid));
        commit.Parameters.Add(_organisationVersions);
        _budgets.AddTo(commit.Parameters);
        NpgsqlBatchCommand[] commands = [keepOpen, commit];
        _batch = await LaneConnection.PrepareAsync(
            session, _isRehearsal ? [new("begin"), .. commands, new("rollback")] : commands);
    }

    private void AddMonthsTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(ArrayParameter.Of(_operatorIds, NpgsqlDbType.Integer));
        parameters.Add(ArrayParameter.Of(_months, NpgsqlDbType.Integer));
    }

    private void Set(SnapshotBatch decided)
    {
        Clear();
        foreach (var (operatorId, month) in decided.Months)
        {
            _operatorIds.Add(operatorId);
            _months.Add(month.Number);
        }

        foreach (var account in decided.Accounts)
        {
            SetVersion(account.Before!);
            (account.IsSpentOn ? _spentOn : _lookedAt).Add().Set(account.After!, account.Before!.Version, account.Place);
            foreach (var decision in account.Decisions)
            {
                _sorted.Add((decision.Outcome!.Entry!, account));
            }
        }

        _organisations.AddRange(_versions.Keys);
        _organisationVersions.TypedValue = _versions.Values.Sum();

        _sorted.Sort(static (one, other) => one.Entry.Purchase.Id.CompareTo(other.Entry.Purchase.Id));
        foreach (var (entry, account) in _sorted)
        {
            _entries.Add().Set(entry, account.Place, account.IsSpentOn);
            if (account.Before!.Organisation.HasBudgets && entry.Decision == Decision.Approved)
            {
                _budgets.Add(entry, account.Place);
            }
        }

        _from.TypedValue = decided.From.UtcDateTime;
        _until.TypedValue = decided.Until.UtcDateTime;
    }

    // Copies of one organisation's accounts can be of different moments: the oldest of them is what has to be true.
    private void SetVersion(LedgerAccount copy)
    {
        ref var version = ref CollectionsMarshal.GetValueRefOrAddDefault(_versions, copy.OrganisationId, out var isKnown);
        version = isKnown ? Math.Min(version, copy.Organisation.Version) : copy.Organisation.Version;
    }

    private void Clear()
    {
        _versions.Clear();
        _organisations.Clear();
        _operatorIds.Clear();
        _months.Clear();
        _spentOn.Clear();
        _lookedAt.Clear();
        _entries.Clear();
        _budgets.Clear();
        _sorted.Clear();
    }
}
