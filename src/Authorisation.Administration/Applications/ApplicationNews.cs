using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Applications;

/// <summary>
/// Sends a customer's administrators an e-mail about applications to join it. Anybody who knows the customer's number
/// can apply, as often as the network carries; they get one e-mail an hour all the same, which says nothing that the
/// applicant wrote.
/// </summary>
internal sealed class ApplicationNews(Outbox outbox, PortalLinks links)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Sends an e-mail about the applications since the last one, customer by customer.</summary>
    /// <returns>How many customers got an e-mail.</returns>
    public async Task<int> TellAsync(NpgsqlConnection db)
    {
        var customers = (await db.QueryAsync<(Guid Id, int OperatorId, string Name)>(
            """
            select g.id, g.operator_id, g.name from organisation g
            where g.id in (
                select applies_to from organisation
                where status = 1 and applies_to is not null and deciders_notified_at is null)
              and not exists (
                select from control.message m
                where m.organisation_id = g.id and m.kind = @kind and m.made_at > ledger_now() - interval '1 hour')
              -- One host at a time; locking the row would make its administrators wait.
              and pg_try_advisory_xact_lock(hashtextextended('applications to ' || g.id, 1))
            """,
            new { kind = MessageKind.ApplicationToDecide.Name })).ToList();
        foreach (var (id, operatorId, name) in customers)
        {
            await TellAsync(db, await OperatorTerms.GetAsync(db, operatorId), id, name);
        }

        return customers.Count;
    }

    private async Task TellAsync(NpgsqlConnection db, OperatorTerms terms, Guid customer, string name)
    {
        var applications = (await db.QueryAsync<Guid>(
            """
            update organisation set deciders_notified_at = ledger_now()
            where applies_to = @customer and status = 1 and deciders_notified_at is null
            returning id
            """,
            new { customer })).ToList();
        var deciders = await db.QueryAsync<string>(
            """
            select p.email from control.administrator a join control.person p on p.id = a.person_id
            where a.organisation_id = @customer and a.is_organisation_wide and a.removed_at is null
              and a.accepted_at is not null and a.rights & 16 = 16
            order by a.id
            """,
            new { customer });
        if (applications.Count == 0)
        {
            return;
        }

        foreach (var email in deciders)
        {
            var (subject, text) = MessageTexts.ToDecide(
                terms, name, applications.Count, links.Application(applications[0]));
            await outbox.TryAddAsync(db, new NewMessage(
                terms, MessageKind.ApplicationToDecide, email, subject, text, Lifetime)
            {
                OrganisationId = customer,
            });
        }
    }
}
