using Authorisation.V1;
using Npgsql;

namespace Authorisation.LoadTests.Peers;

/// <summary>
/// Decides each purchase by one call of a function inside Postgres that locks the card's account and the account it pays
/// to, and writes a transfer and two entries: one prepared statement and one commit on a pooled connection. It stores
/// neither trip nor device and knows no repeated id, which is to its advantage.
/// </summary>
internal sealed class DoubleEntryLedger
{
    private const string Purchase =
        "select approved, limit_minor, spent_minor, decided_at from double_entry.purchase($1, $2, $3)";

    private readonly NpgsqlDataSource _source;

    private DoubleEntryLedger(NpgsqlDataSource source) => _source = source;

    /// <summary>Prepares the connections.</summary>
    /// <param name="connectionString">The ledger's.</param>
    /// <param name="connections">How many connections the pool has.</param>
    public static DoubleEntryLedger Open(string connectionString, int connections) =>
        new(NpgsqlDataSource.Create(PeerConnections.Of(connectionString, connections)));

    /// <summary>Decides and commits.</summary>
    public async Task<AuthoriseResponse> AuthoriseAsync(AuthoriseRequest request, CancellationToken cancel)
    {
        await using var connection = await _source.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(Purchase, connection)
        {
            Parameters =
            {
                new() { Value = Guid.Parse(request.AuthorisationId) },
                new() { Value = request.CardNumber },
                new() { Value = request.AmountMinor },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return await reader.IsDBNullAsync(0, cancel)
            ? Answers.Unknown(request.AuthorisationId)
            : Answers.Of(
                request.AuthorisationId,
                reader.GetBoolean(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetFieldValue<DateTimeOffset>(3));
    }
}
