using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.BySnapshot;

/// <summary>
/// <c>by_snapshot.sql</c>, prepared on a lane's connection: one round trip, which is also the transaction. Used by one
/// lane, one call at a time.
/// </summary>
internal sealed class SnapshotStatement : IDisposable
{
    private readonly List<int> _operatorIds = [];
    private readonly List<int> _months = [];
    private readonly BalanceParameters _spentOn = new();
    private readonly List<long> _versionsBefore = [];
    private readonly List<int> _spentOnPlaces = [];
    private readonly List<Guid> _lookedAtIds = [];
    private readonly List<long> _lookedAtVersions = [];
    private readonly List<int> _lookedAtPlaces = [];
    private readonly NpgsqlParameter<DateTime> _from = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private readonly NpgsqlParameter<DateTime> _until = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private readonly EntryParameters _entries = new();
    private readonly List<int> _entryPlaces = [];
    private readonly List<bool> _entriesAreSpentOn = [];
    private readonly List<(AuthorisationEntry Entry, SnapshotAccount Account)> _sorted = [];
    private readonly NpgsqlBatch _batch;

    private SnapshotStatement(NpgsqlConnection connection, bool requireStandby)
    {
        _batch = new NpgsqlBatch(connection);
        var keepOpen = new NpgsqlBatchCommand(
            "select pg_advisory_xact_lock_shared(m.operator_id, m.month) "
            + "from unnest($1::integer[], $2::integer[]) as m(operator_id, month)");
        keepOpen.Parameters.Add(ArrayParameter.Of(_operatorIds, NpgsqlDbType.Integer));
        keepOpen.Parameters.Add(ArrayParameter.Of(_months, NpgsqlDbType.Integer));
        _batch.BatchCommands.Add(keepOpen);

        var commit = new NpgsqlBatchCommand(EmbeddedSql.Read("BySnapshot.by_snapshot.sql")
            .Replace("{may_commit}", requireStandby ? $"({Standby.CommitsWaitSql})" : "true", StringComparison.Ordinal));
        _spentOn.AddTo(commit.Parameters);
        commit.Parameters.Add(ArrayParameter.Of(_versionsBefore, NpgsqlDbType.Bigint));
        commit.Parameters.Add(ArrayParameter.Of(_spentOnPlaces, NpgsqlDbType.Integer));
        commit.Parameters.Add(ArrayParameter.Of(_lookedAtIds, NpgsqlDbType.Uuid));
        commit.Parameters.Add(ArrayParameter.Of(_lookedAtVersions, NpgsqlDbType.Bigint));
        commit.Parameters.Add(ArrayParameter.Of(_lookedAtPlaces, NpgsqlDbType.Integer));
        commit.Parameters.Add(_from);
        commit.Parameters.Add(_until);
        _entries.AddTo(commit.Parameters);
        commit.Parameters.Add(ArrayParameter.Of(_entryPlaces, NpgsqlDbType.Integer));
        commit.Parameters.Add(ArrayParameter.Of(_entriesAreSpentOn, NpgsqlDbType.Boolean));
        _batch.BatchCommands.Add(commit);
    }

    /// <summary>Prepares it; it is of use as long as the connection is.</summary>
    /// <param name="connection">The lane's connection, open.</param>
    /// <param name="requireStandby">Whether nothing is committed while commits do not wait for a standby.</param>
    public static async Task<SnapshotStatement> PrepareAsync(NpgsqlConnection connection, bool requireStandby)
    {
        var statement = new SnapshotStatement(connection, requireStandby);
        await statement._batch.PrepareAsync();
        return statement;
    }

    /// <summary>Commits what is still true.</summary>
    public async Task<SnapshotAnswer> ExecuteAsync(SnapshotBatch decided)
    {
        Set(decided);
        await using var reader = await _batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        var answer = new SnapshotAnswer(
            reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2));
        // Postgres sends this row before it inserts the entries: only the end tells that they are committed.
        await reader.NextResultAsync();
        return answer;
    }

    public void Dispose() => _batch.Dispose();

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
            if (account.IsSpentOn)
            {
                _spentOn.Add(account.After!);
                _versionsBefore.Add(account.Before!.Version);
                _spentOnPlaces.Add(account.Place);
            }
            else
            {
                _lookedAtIds.Add(account.Before!.Id);
                _lookedAtVersions.Add(account.Before.Version);
                _lookedAtPlaces.Add(account.Place);
            }

            foreach (var decision in account.Decisions)
            {
                _sorted.Add((decision.Outcome!.Entry!, account));
            }
        }

        _sorted.Sort(static (one, other) => one.Entry.Purchase.Id.CompareTo(other.Entry.Purchase.Id));
        foreach (var (entry, account) in _sorted)
        {
            _entries.Add(entry);
            _entryPlaces.Add(account.Place);
            _entriesAreSpentOn.Add(account.IsSpentOn);
        }

        _from.TypedValue = decided.From.UtcDateTime;
        _until.TypedValue = decided.Until.UtcDateTime;
    }

    private void Clear()
    {
        _operatorIds.Clear();
        _months.Clear();
        _spentOn.Clear();
        _versionsBefore.Clear();
        _spentOnPlaces.Clear();
        _lookedAtIds.Clear();
        _lookedAtVersions.Clear();
        _lookedAtPlaces.Clear();
        _entries.Clear();
        _entryPlaces.Clear();
        _entriesAreSpentOn.Clear();
        _sorted.Clear();
    }
}
