using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>
/// Reads accounts to keep copies of them, over the lane's session. Used by one lane, one call at a time.
/// </summary>
internal sealed class CopyStatements
{
    private readonly AccountParameters _accounts = new();
    private readonly KnownRules _rules = new();
    private readonly List<long> _billingSnapshotIds = [];
    private NpgsqlBatch? _load;
    private NpgsqlBatch? _followNames;

    public CopyStatements(LaneConnection connection) => connection.OnSession(PrepareAsync);

    /// <summary>Reads accounts as they are now, without a lock; those that there are.</summary>
    /// <param name="instruments">What they are on.</param>
    /// <param name="found">Gets each account and the time at which it was read.</param>
    public async Task LoadAsync(IReadOnlyList<Instrument> instruments, Action<LedgerAccount, DateTimeOffset> found)
    {
        _accounts.Set(instruments.Select(static instrument => new AccountKey(instrument)));
        await using var reader = await _load!.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            if (AccountColumns.Read(reader, new AccountKey(instruments[AccountColumns.Index(reader)]), _rules) is { } account)
            {
                found(account, AccountColumns.Now(reader));
            }
        }
    }

    /// <summary>
    /// The current billing snapshots of these accounts, in their order; <see langword="null"/> where an account's
    /// details are not known. Adds those that are missing, in a separate transaction whose commit waits for no disk and
    /// no standby.
    /// </summary>
    public async Task<long?[]> FollowNamesAsync(IReadOnlyList<LedgerAccount> accounts)
    {
        _billingSnapshotIds.Clear();
        _billingSnapshotIds.AddRange(accounts.Select(static account => account.BillingSnapshotId));
        await using var reader = await _followNames!.ExecuteReaderAsync();
        await reader.ReadAsync();
        return reader.GetFieldValue<long?[]>(0);
    }

    private async Task PrepareAsync(NpgsqlConnection session)
    {
        var load = new NpgsqlBatchCommand(AccountsSql.ForCopies);
        _accounts.AddTo(load.Parameters);
        _load = await LaneConnection.PrepareAsync(session, load);

        var followNames = new NpgsqlBatchCommand(BillingSnapshotSql.AllInForceUnflushed);
        followNames.Parameters.Add(ArrayParameter.Of(_billingSnapshotIds, NpgsqlDbType.Bigint));
        _followNames = await LaneConnection.PrepareAsync(session, followNames);
    }
}
