using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Cards;

/// <summary>
/// Tells when cards were numbered, and how far the numbers have come. Used by one task at a time; after an exception it
/// must be disposed.
/// </summary>
public sealed class CardNotices : IAsyncDisposable
{
    /// <summary>What is notified by the transaction that numbers.</summary>
    internal const string Channel = "card_state_changed";

    private const string NumberingsSql = """
        select operator_id, last_version, oldest_version, era from card_numbering where operator_id = any ($1)
        """;

    private readonly NpgsqlConnection _connection;

    // Set when somebody told of numbers after the last look began. A notification can arrive while a look is being read,
    // too late for its snapshot and before anybody waits for it.
    private bool _isTold;

    private CardNotices(NpgsqlConnection connection)
    {
        _connection = connection;
        connection.Notification += (_, _) => _isTold = true;
    }

    /// <summary>Connects and begins to listen.</summary>
    public static async Task<CardNotices> OpenAsync(LedgerDatabase database, CancellationToken cancellationToken)
    {
        var connection = await database.Reads.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var listen = new NpgsqlCommand($"listen {Channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            return new CardNotices(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until somebody has told of numbers, but not longer than <paramref name="most"/>.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) =>
        _isTold ? Task.CompletedTask : _connection.WaitAsync(most, cancellationToken);

    /// <summary>How far the numbers of some operators have come, of those that have any.</summary>
    public async Task<IReadOnlyDictionary<int, CardNumbering>> ReadAsync(
        int[] operators, CancellationToken cancellationToken)
    {
        _isTold = false;
        await using var command = new NpgsqlCommand(NumberingsSql, _connection);
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
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
