using Authorisation.V1;
using Npgsql;

namespace Authorisation.LoadTests.Peers;

/// <summary>
/// Decides each purchase in a transaction of its own, on a pooled connection with prepared statements: the account's
/// row under <c>for update</c>, the new row, the new balance, commit. It stores what the server stores, in the server's
/// own tables. It checks neither fields nor tokens, which is to its advantage.
/// </summary>
internal sealed class RowTransactionLedger
{
    private const string Lock = """
        select id, billing_snapshot_id, limit_minor, case when a.month = t.month then spent_minor else 0 end, t.month, t.now
        from credit_account a,
             (select now, to_char(now at time zone 'Europe/Stockholm', 'YYYYMM')::integer as month
              from (select ledger_now() as now) n) t
        where operator_id = $1 and card_number = $2 and removed_at is null
        for update of a
        """;

    private const string Insert = """
        insert into authorisation (
          id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, amount_minor,
          hold, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, product,
          occurred_at, vehicle, line, stop, device_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, false, $10, $10, $11, 600, 'S', false, $12, $13, $14, $15, $16, $17)
        """;

    private const string Update = """
        update credit_account set month = $2, spent_minor = $3, held_minor = 0, version = version + 1 where id = $1
        """;

    private readonly NpgsqlDataSource _source;
    private int _operatorId;
    private long _clientId;

    private RowTransactionLedger(NpgsqlDataSource source) => _source = source;

    private sealed record Account(Guid Id, long BillingSnapshot, long Limit, long Spent, int Month, DateTimeOffset Now);

    /// <summary>Connects.</summary>
    /// <param name="connectionString">The ledger's.</param>
    /// <param name="connections">How many connections the pool has.</param>
    public static async Task<RowTransactionLedger> OpenAsync(string connectionString, int connections)
    {
        var ledger = new RowTransactionLedger(NpgsqlDataSource.Create(PeerConnections.Of(connectionString, connections)));
        await using var command = ledger._source.CreateCommand("select operator_id, id from client limit 1");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        (ledger._operatorId, ledger._clientId) = (reader.GetInt32(0), reader.GetInt64(1));
        return ledger;
    }

    /// <summary>Decides and commits.</summary>
    public async Task<AuthoriseResponse> AuthoriseAsync(AuthoriseRequest request, CancellationToken cancel)
    {
        await using var connection = await _source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var account = await LockAsync(connection, request.CardNumber, cancel);
        if (account is null)
        {
            return Answers.Unknown(request.AuthorisationId);
        }

        var approved = request.AmountMinor <= account.Limit - account.Spent;
        await InsertAsync(connection, request, account, approved, cancel);
        var spent = account.Spent;
        if (approved)
        {
            spent += request.AmountMinor;
            await UpdateAsync(connection, account, spent, cancel);
        }

        await transaction.CommitAsync(cancel);
        return Answers.Of(request.AuthorisationId, approved, account.Limit, spent, account.Now);
    }

    private async Task<Account?> LockAsync(NpgsqlConnection connection, string card, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Lock, connection)
        {
            Parameters = { new() { Value = _operatorId }, new() { Value = card } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new Account(
                reader.GetGuid(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetInt64(3),
                reader.GetInt32(4),
                reader.GetFieldValue<DateTimeOffset>(5))
            : null;
    }

    private async Task InsertAsync(
        NpgsqlConnection connection, AuthoriseRequest request, Account account, bool approved, CancellationToken cancel)
    {
        var reason = approved ? DeclineReason.Unspecified : DeclineReason.InsufficientCredit;
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = Guid.Parse(request.AuthorisationId) },
                new() { Value = _operatorId },
                new() { Value = _clientId },
                new() { Value = account.Id },
                new() { Value = request.CardNumber },
                new() { Value = account.BillingSnapshot },
                new() { Value = (short)(approved ? Decision.Approved : Decision.Declined) },
                new() { Value = (short)reason },
                new() { Value = request.AmountMinor },
                new() { Value = account.Month },
                new() { Value = account.Now.UtcDateTime },
                new() { Value = request.Product },
                new() { Value = request.OccurredAt.ToDateTime() },
                new() { Value = request.Trip.Vehicle },
                new() { Value = request.Trip.Line },
                new() { Value = request.Trip.Stop },
                new() { Value = request.DeviceId },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task UpdateAsync(
        NpgsqlConnection connection, Account account, long spentMinor, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Update, connection)
        {
            Parameters = { new() { Value = account.Id }, new() { Value = account.Month }, new() { Value = spentMinor } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
