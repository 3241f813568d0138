using Authorisation.Core;
using Authorisation.Ledger.Database;
using Npgsql;

namespace Authorisation.Ledger.Cards;

/// <summary>
/// Reads the cards of an operator in the order of their numbers. Safe for any number of callers: it keeps no state.
/// </summary>
/// <remarks>
/// A reader that continues after the last number it saw misses nothing and sees nothing twice. Numbers are given under
/// a lock that is held until the commit, so once a number is visible, no lower one will appear. A card that changes
/// between two pages moves to the end, and is met there.
/// </remarks>
public sealed class CardReader(LedgerDatabase database)
{
    // One statement, so that all of it is of one moment.
    private const string Sql = """
        select n.last_version, n.oldest_version, n.epoch, s.version, s.card_number, s.reason, s.lapses_at, s.changed_at
        from card_numbering n
        left join lateral (
          select * from card_state c where c.operator_id = n.operator_id and c.version > $2 order by c.version limit $3
        ) s on true
        where n.operator_id = $1
        order by s.version
        """;

    /// <summary>At most <see cref="Limits.CardPageSize"/> cards whose numbers follow one.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<CardPage> ReadAsync(int operatorId, long after, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = database.Cards.CreateCommand(Sql);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = operatorId });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Limits.CardPageSize });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            // No row: nothing of this operator was ever numbered.
            var numbering = default(CardNumbering);
            var cards = new List<CardState>();
            while (await reader.ReadAsync(cancellationToken))
            {
                numbering = new CardNumbering(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
                if (!reader.IsDBNull(3))
                {
                    cards.Add(new CardState(
                        reader.GetInt64(3),
                        reader.GetString(4),
                        (DeclineReason)reader.GetInt16(5),
                        reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                        reader.GetFieldValue<DateTimeOffset>(7)));
                }
            }

            return new CardPage(numbering, cards);
        });
}
