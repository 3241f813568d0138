using Authorisation.Core;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;
using Npgsql;

namespace Authorisation.Ledger.Access;

/// <summary>
/// Follows the tokens and the operators as they change: all of them at first, then what changed. Used by one task at a
/// time; after an exception it must be disposed, and a new one starts from the whole again.
/// </summary>
/// <remarks>
/// Nothing is missed. Each row carries the transaction that changed it last. A poll first asks for the oldest
/// transaction that is still running, and then reads all rows changed since the answer of the poll before: a change
/// that was not committed yet was running then, so it is found by a later poll.
/// </remarks>
public sealed class AccessFeed : IAsyncDisposable
{
    private const string BoundSql = "select pg_snapshot_xmin(pg_current_snapshot())::text";

    private const string ChangesSql = """
        select t.sha256, t.operator_id, t.client_id, c.kind, t.account_id, t.certificate_sha256, t.ended_at is not null
        from access_token t
        left join client c on c.id = t.client_id
        where t.changed_xid >= $1::text::xid8 and c.kind is distinct from 4 -- a ticket system calls the control plane alone
        """;

    private readonly LedgerListener _listener;
    private string _bound = "0";

    private AccessFeed(LedgerListener listener) => _listener = listener;

    /// <summary>Connects and begins to listen.</summary>
    public static async Task<AccessFeed> OpenAsync(LedgerDatabase database, CancellationToken cancellationToken) =>
        new(await LedgerListener.OpenAsync(database, "access_token_changed", cancellationToken));

    /// <summary>What changed since the poll before; the first answers everything that is in force.</summary>
    public async Task<(IReadOnlyList<AccessChange> Changes, IReadOnlyList<Operator> Operators)> PollAsync(
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(_listener.Connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(BoundSql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ChangesSql)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = _bound } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(OperatorColumns.Sql));

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var bound = reader.GetString(0);

        await reader.NextResultAsync(cancellationToken);
        var changes = new List<AccessChange>();
        while (await reader.ReadAsync(cancellationToken))
        {
            changes.Add(ReadChange(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        var operators = new List<Operator>();
        while (await reader.ReadAsync(cancellationToken))
        {
            operators.Add(OperatorColumns.Read(reader));
        }

        _bound = bound;
        return (changes, operators);
    }

    /// <summary>Waits until Postgres signals a change, but not longer than <paramref name="most"/>.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) =>
        _listener.WaitAsync(most, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static AccessChange ReadChange(NpgsqlDataReader row)
    {
        var token = TokenHash.FromBytes(row.GetFieldValue<byte[]>(0));
        var hasEnded = row.GetBoolean(6);
        return new AccessChange(token, hasEnded ? null : new AccessGrant(
            row.GetInt32(1),
            row.IsDBNull(2) ? null : row.GetInt64(2),
            row.IsDBNull(3) ? null : (ClientKind)row.GetInt16(3),
            row.IsDBNull(4) ? null : row.GetGuid(4),
            row.IsDBNull(5) ? null : Convert.ToHexString(row.GetFieldValue<byte[]>(5))));
    }
}
