using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Budgets;

/// <summary>
/// Sends administrators e-mails about budgets of which this month has spent 80 or 100 per cent: once for each budget, month
/// and level. Those of a department get it who administer that department, those of the whole organisation where nobody
/// does, and those of the whole organisation for a billing reference.
/// </summary>
internal sealed class BudgetNews(Outbox outbox)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);

    private const string ReachedSql = """
        select b.id, b.organisation_id, b.department_id, g.operator_id, coalesce(d.name, b.billing_reference) as name,
          g.name as organisation, b.mode, m.number as month,
          case when s.spent_minor >= b.ceiling_minor then 100 else 80 end as per_cent
        from budget b
        join organisation g on g.id = b.organisation_id
        join operator o on o.id = g.operator_id
        left join department d on d.id = b.department_id
        cross join lateral (select to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer as number) m
        cross join lateral (
          select sum(t.spent_minor) as spent_minor from budget_part t where t.budget_id = b.id and t.month = m.number) s
        where s.spent_minor * 100 >= b.ceiling_minor * 80::numeric
          and not exists (
            select from budget_notice n
            where n.budget_id = b.id and n.month = m.number
              and n.per_cent = case when s.spent_minor >= b.ceiling_minor then 100 else 80 end)
        order by b.id
        limit 100
        """;

    /// <summary>Reports the budgets that have come so far since the last time.</summary>
    /// <param name="db">The connection, within a transaction.</param>
    /// <returns>Each budget that was reported, with the per cent, and how many e-mails about it were written.</returns>
    public async Task<IReadOnlyList<(Guid Budget, int PerCent, int Emails)>> ReportAsync(NpgsqlConnection db)
    {
        List<(Guid, int, int)> emails = [];
        foreach (var budget in (await db.QueryAsync<Reached>(ReachedSql)).ToList())
        {
            // Of two hosts at once the second waits for the first's rows, and adds none.
            var isNew = await db.ExecuteAsync(
                """
                insert into budget_notice (budget_id, month, per_cent)
                select @Id, @Month, n.per_cent from unnest(array[80, 100]) n(per_cent) where n.per_cent <= @PerCent
                on conflict do nothing
                """,
                budget);
            if (isNew > 0)
            {
                emails.Add((budget.Id, budget.PerCent, await ReportAsync(db, budget)));
            }
        }

        return emails;
    }

    private async Task<int> ReportAsync(NpgsqlConnection db, Reached budget)
    {
        var terms = await OperatorTerms.GetAsync(db, budget.OperatorId);
        var (subject, text) = MessageTexts.BudgetReached(
            terms, budget.Organisation, budget.Name, budget.PerCent, declines: budget.Mode == BudgetMode.Decline);
        var emails = 0;
        foreach (var email in await ReceiversAsync(db, budget))
        {
            var held = await outbox.TryAddAsync(
                db, new NewMessage(terms, MessageKind.BudgetReached, email, subject, text, Lifetime) { OrganisationId = budget.OrganisationId });
            emails += held is null ? 1 : 0;
        }

        return emails;
    }

    private static async Task<IReadOnlyList<string>> ReceiversAsync(NpgsqlConnection db, Reached budget)
    {
        const string Administrators = """
            select p.email from control.administrator a join control.person p on p.id = a.person_id
            where a.organisation_id = @OrganisationId and a.removed_at is null and a.accepted_at is not null
            """;
        var own = (await db.QueryAsync<string>(
            Administrators + """
             and not a.is_organisation_wide
             and exists (select from control.administrator_department d where d.administrator_id = a.id and d.department_id = @DepartmentId)
             order by a.id
            """,
            budget)).ToList();
        return own.Count > 0 ? own : [.. await db.QueryAsync<string>(Administrators + " and a.is_organisation_wide order by a.id", budget)];
    }

    private sealed record Reached
    {
        public required Guid Id { get; init; }

        public required Guid OrganisationId { get; init; }

        public Guid? DepartmentId { get; init; }

        public required int OperatorId { get; init; }

        public required string Name { get; init; }

        public required string Organisation { get; init; }

        public required BudgetMode Mode { get; init; }

        public required int Month { get; init; }

        public required int PerCent { get; init; }
    }
}
