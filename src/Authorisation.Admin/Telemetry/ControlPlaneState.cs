using Authorisation.Administration.Messages;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Telemetry;

/// <summary>What the control plane's gauges show, as the database had it. It does not change.</summary>
internal sealed record ControlPlaneState(IReadOnlyList<OutboxState> Outbox, IReadOnlyList<NightsState> Nights)
{
    // What waits is found by its own partial index; what was given up is looked for by kind, in the last days alone.
    private const string OutboxSql = """
        select o.code as operator, c.name as channel, coalesce(w.waiting, 0) as waiting,
               coalesce(w.age, 0)::double precision as age_seconds, coalesce(d.dead, 0) as dead
        from operator o
        cross join unnest(@channels, @names) c (id, name)
        left join (
          select operator_id, channel, count(*) as waiting,
                 greatest(extract(epoch from ledger_now() - min(made_at)), 0) as age
          from control.message where state = 1 group by operator_id, channel
        ) w on w.operator_id = o.id and w.channel = c.id
        left join (
          select m.operator_id, m.channel, count(*) as dead
          from operator every cross join unnest(@kinds) k (name)
          join control.message m
            on m.operator_id = every.id and m.kind = k.name and m.made_at > ledger_now() - @counted
          where m.state = 3 group by m.operator_id, m.channel
        ) d on d.operator_id = o.id and d.channel = c.id
        union all
        -- Events, of operators that have where to send them.
        select o.code, 'webhook', w.waiting, coalesce(w.age, 0)::double precision, w.undelivered
        from operator o
        join control.webhook k on k.operator_id = o.id
        cross join lateral (
          select count(*) filter (where e.state = 1) as waiting, count(*) filter (where e.state = 3) as undelivered,
                 greatest(extract(epoch from ledger_now() - min(e.made_at) filter (where e.state = 1)), 0) as age
          from control.event e where e.operator_id = o.id and e.state in (1, 3)
        ) w
        order by operator, channel
        """;

    private const string NightsSql = """
        select o.code as operator, coalesce(u.step, 0)::integer as step, coalesce((u.state = 3)::integer, 0) as waiting,
               coalesce(greatest(extract(epoch from ledger_now() - u.started_at), 0), 0)::double precision as age_seconds,
               coalesce(n.differences, 0)::bigint as differences, coalesce(n.statements, 0)::bigint as statements,
               coalesce(n.sealed_rows, 0)::bigint as sealed_rows, coalesce(n.accounts_checked, 0)::bigint as accounts_checked,
               coalesce(n.invoices, 0)::bigint as invoices
        from operator o
        left join lateral (
          select t.step, t.state, t.started_at from billing.month_end t
          where t.operator_id = o.id and t.state in (1, 3) order by t.night limit 1
        ) u on true
        left join lateral (
          select t.differences, t.statements, t.sealed_rows, t.accounts_checked, t.invoices from billing.month_end t
          where t.operator_id = o.id and t.state <> 4 order by t.night desc limit 1
        ) n on true
        order by o.id
        """;

    private static readonly short[] Channels = [.. Enum.GetValues<MessageChannel>().Select(static channel => (short)channel)];
    private static readonly string[] ChannelNames = [.. Enum.GetValues<MessageChannel>().Select(static channel => channel.ToString().ToLowerInvariant())];
    private static readonly string[] Kinds = [.. MessageKind.All.Select(static kind => kind.Name)];

    /// <summary>Asks the database.</summary>
    public static async Task<ControlPlaneState> ReadAsync(NpgsqlConnection db, CancellationToken stop)
    {
        var outbox = await db.QueryAsync<OutboxState>(new CommandDefinition(
            OutboxSql,
            new { channels = Channels, names = ChannelNames, kinds = Kinds, counted = Limits.DeadMessagesCounted },
            cancellationToken: stop));
        var nights = await db.QueryAsync<NightsState>(new CommandDefinition(NightsSql, cancellationToken: stop));
        return new ControlPlaneState([.. outbox], [.. nights]);
    }
}
