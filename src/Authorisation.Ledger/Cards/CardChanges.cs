using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Cards;

/// <summary>The new states of cards, as the columns in which they are sent.</summary>
internal sealed class CardChanges
{
    private const string Sql = """
        insert into card_state (operator_id, card_number, version, reason, lapses_at, is_gone, changed_at)
        select $1, u.card_number, u.version, u.reason, u.lapses_at, u.is_gone, $2
        from unnest($3::text[], $4::bigint[], $5::smallint[], $6::timestamptz[], $7::boolean[])
          as u(card_number, version, reason, lapses_at, is_gone)
        on conflict (operator_id, card_number) do update
        set version = excluded.version, reason = excluded.reason, lapses_at = excluded.lapses_at,
            is_gone = excluded.is_gone, changed_at = excluded.changed_at
        """;

    private readonly List<string> _cards = [];
    private readonly List<long> _versions = [];
    private readonly List<short> _reasons = [];
    private readonly List<DateTimeOffset?> _lapses = [];
    private readonly List<bool> _gone = [];

    public int Count => _cards.Count;

    public void Add(string card, long version, CardStatus standing)
    {
        _cards.Add(card);
        _versions.Add(version);
        _reasons.Add((short)standing.Reason);
        _lapses.Add(standing.LapsesAt);
        _gone.Add(standing.IsGone);
    }

    public NpgsqlBatchCommand ToCommand(int operatorId, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = operatorId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToUniversalTime() });
        command.Parameters.Add(ArrayParameter.Of(_cards, NpgsqlDbType.Text));
        command.Parameters.Add(ArrayParameter.Of(_versions, NpgsqlDbType.Bigint));
        command.Parameters.Add(ArrayParameter.Of(_reasons, NpgsqlDbType.Smallint));
        command.Parameters.Add(ArrayParameter.Of(_lapses, NpgsqlDbType.TimestampTz));
        command.Parameters.Add(ArrayParameter.Of(_gone, NpgsqlDbType.Boolean));
        return command;
    }
}
