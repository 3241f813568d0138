using Authorisation.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Cards;

/// <summary>
/// Signals that cards were numbered, and reports the last number given. Used by one task at a time; after an exception
/// it must be disposed.
/// </summary>
public sealed class CardNotices : IAsyncDisposable
{
    /// <summary>What is notified by the transaction that numbers.</summary>
    internal const string Channel = "card_state_changed";

    private const string NumberingsSql = """
        select operator_id, last_version, oldest_version, epoch from card_numbering where operator_id = any ($1)
        """;

    private readonly LedgerListener _listener;

    private CardNotices(LedgerListener listener) => _listener = listener;

    /// <summary>Connects and begins to listen.</summary>
    public static async Task<CardNotices> OpenAsync(LedgerDatabase database, CancellationToken cancellationToken) =>
        new(await LedgerListener.OpenAsync(database, Channel, cancellationToken));

    /// <summary>Waits until Postgres signals new numbers, but not longer than <paramref name="most"/>.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) =>
        _listener.WaitAsync(most, cancellationToken);

    /// <summary>How far the numbers of some operators have come, of those that have any.</summary>
    public async Task<IReadOnlyDictionary<int, CardNumbering>> ReadAsync(
        int[] operators, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(NumberingsSql, _listener.Connection);
        command.Parameters.Add(new NpgsqlParameter<int[]>
        {
            TypedValue = operators,
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer,
        });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var numberings = new Dictionary<int, CardNumbering>();
        while (await reader.ReadAsync(cancellationToken))
        {
            numberings[reader.GetInt32(0)] = new CardNumbering(
                reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        }

        return numberings;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
