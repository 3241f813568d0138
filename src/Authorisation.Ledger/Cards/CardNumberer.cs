using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Cards;

/// <summary>Numbers the changed cards of one operator, on the connection of the sequencer.</summary>
/// <remarks>
/// All of it is under the lock of the operator's row in <c>card_numbering</c>, taken first and held to the commit. So
/// it is right with any number of sequencers; that there is one only spares them waiting. Changes are taken before the
/// accounts are read: one that is committed later than the accounts were read has a row that was not taken, and is
/// looked at again. Numbers, states and the rows that are taken are one transaction: one that was broken off leaves the
/// rows.
/// </remarks>
internal sealed class CardNumberer(NpgsqlConnection connection, int operatorId, TimeZoneInfo zone)
{
    private readonly KnownRules _rules = new();

    private const string AddSql = "insert into card_numbering (operator_id) values ($1) on conflict do nothing";

    // The cluster, and its timeline, which is another after each promotion and each restore to a moment. The numbers of
    // an epoch begin at its first microsecond since 1970: fewer numbers are given than microseconds pass, so they never
    // reach the start of the next epoch.
    private const string BeginSql = """
        update card_numbering n
        set origin = here.name, epoch = here.first, last_version = here.first, oldest_version = here.first
        from (
          select c.system_identifier || ':' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) as name,
                 greatest(b.last_version + 1, (extract(epoch from ledger_now()) * 1000000)::bigint) as first
          from pg_control_system() c, card_numbering b
          where b.operator_id = $1
          for no key update of b
        ) here
        where n.operator_id = $1 and n.origin <> here.name
        returning n.epoch
        """;

    private const string LockSql = "select last_version from card_numbering where operator_id = $1 for no key update";

    private const string TakeSql = """
        with taken as (
          delete from card_change
          where ctid = any (array(select ctid from card_change where operator_id = $1 limit $2))
          returning card_number
        )
        select card_number, count(*) from taken group by card_number order by card_number
        """;

    private const string NotePageSql = "select note_changed_organisation($1, $2)";

    private const string StatesSql = """
        select card_number, reason, lapses_at, is_gone from card_state where operator_id = $1 and card_number = any ($2)
        """;

    private const string AdvanceSql = "update card_numbering set last_version = $2 where operator_id = $1";

    private const string ForgetSql = """
        with gone as (
          delete from card_state
          where ctid = any (array(
            select ctid from card_state where operator_id = $1 and is_gone and changed_at < ledger_now() - $2 limit $3))
          returning version
        )
        update card_numbering n
        set oldest_version = greatest(n.oldest_version, g.newest)
        from (select max(version) as newest, count(*) as many from gone) g
        where n.operator_id = $1 and g.many > 0
        returning g.many
        """;

    /// <summary>
    /// Prepares the operator's numbers. Answers whether an epoch began: the numbers given before may not all be known
    /// here.
    /// </summary>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(AddSql) { Parameters = { OperatorId() } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(BeginSql) { Parameters = { OperatorId() } });
        batch.BatchCommands.Add(NotifyCommand());
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }

    /// <summary>
    /// Numbers some of the changed cards. Answers whether there are more that need not wait: an organisation's cards,
    /// when all of them are to be looked at, come page by page, so that neither other changes nor purchases have to
    /// wait for all of them.
    /// </summary>
    public async Task<bool> PassAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (last, cards, taken) = await TakeAsync(cancellationToken);
        if (cards.Count > 0)
        {
            var (standings, now) = await LookAsync(cards, cancellationToken);
            await WriteAsync(last, standings, now, cancellationToken);
        }

        var hasMore = taken == Limits.CardChangesPerPass;
        if (!hasMore)
        {
            await NotePageAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return hasMore;
    }

    /// <summary>Removes states of cards that have had no account for long. Answers how many.</summary>
    public async Task<long> ForgetAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(LockSql) { Parameters = { OperatorId() } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ForgetSql)
        {
            Parameters =
            {
                OperatorId(),
                new NpgsqlParameter<TimeSpan> { TypedValue = Limits.GoneCardsKept },
                new NpgsqlParameter<int> { TypedValue = Limits.CardChangesPerPass },
            },
        });
        long many = 0;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                many = reader.GetInt64(0);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return many;
    }

    private async Task<(long Last, List<string> Cards, long Taken)> TakeAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(LockSql) { Parameters = { OperatorId() } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TakeSql)
        {
            Parameters = { OperatorId(), new NpgsqlParameter<int> { TypedValue = Limits.CardChangesPerPass } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var last = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var cards = new List<string>();
        long taken = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            cards.Add(reader.GetString(0));
            taken += reader.GetInt64(1);
        }

        return (last, cards, taken);
    }

    /// <summary>Notes the next cards of an organisation that was changed as a whole, if there is one.</summary>
    private async Task NotePageAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(NotePageSql, connection)
        {
            Parameters = { OperatorId(), new NpgsqlParameter<int> { TypedValue = Limits.CardsOfOrganisationPerPass } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How the cards stand now, those only that stood otherwise before.</summary>
    private async Task<(List<(string Card, CardStatus Standing)> Changed, DateTimeOffset Now)> LookAsync(
        List<string> cards, CancellationToken cancellationToken)
    {
        var keys = cards.ConvertAll(card => new AccountKey(Instrument.Card(operatorId, card)));
        var parameters = new AccountParameters();
        parameters.Set(keys);
        var accounts = new NpgsqlBatchCommand(AccountsSql.ForReading);
        parameters.AddTo(accounts.Parameters);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(StatesSql)
        {
            Parameters = { OperatorId(), ArrayParameter.Of(cards, NpgsqlDbType.Text) },
        });
        batch.BatchCommands.Add(accounts);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var before = await ReadStatesAsync(reader, cancellationToken);

        await reader.NextResultAsync(cancellationToken);
        var changed = new List<(string, CardStatus)>();
        var now = DateTimeOffset.MinValue;
        while (await reader.ReadAsync(cancellationToken))
        {
            var place = AccountColumns.Index(reader);
            var card = cards[place];
            now = AccountColumns.Now(reader);
            var standing = CardStatus.Of(AccountColumns.Read(reader, keys[place], _rules), zone, now);
            // A card that no watcher was sent, or that has been forgotten, need not be reported as gone.
            if (before.TryGetValue(card, out var stood) ? stood != standing : !standing.IsGone)
            {
                changed.Add((card, standing));
            }
        }

        return (changed, now);
    }

    private static async Task<Dictionary<string, CardStatus>> ReadStatesAsync(
        NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var states = new Dictionary<string, CardStatus>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            states[reader.GetString(0)] = new CardStatus(
                (DeclineReason)reader.GetInt16(1),
                reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetBoolean(3));
        }

        return states;
    }

    private async Task WriteAsync(
        long last, List<(string Card, CardStatus Standing)> changed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (changed.Count == 0)
        {
            return;
        }

        var changes = new CardChanges();
        foreach (var (card, standing) in changed)
        {
            changes.Add(card, ++last, standing);
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(changes.ToCommand(operatorId, now));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(AdvanceSql)
        {
            Parameters = { OperatorId(), new NpgsqlParameter<long> { TypedValue = last } },
        });
        batch.BatchCommands.Add(NotifyCommand());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlParameter<int> OperatorId() => new() { TypedValue = operatorId };

    private static NpgsqlBatchCommand NotifyCommand() => new($"notify {CardNotices.Channel}");
}
