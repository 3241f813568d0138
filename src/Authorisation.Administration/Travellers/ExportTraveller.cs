using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>
/// Writes all that is kept of a traveller as JSON, row by row as the database has it, without secrets: for the traveller,
/// and for operator staff on the traveller's behalf. Not for the employer, who may not see the trips.
/// </summary>
internal sealed class ExportTraveller
{
    private const string Sql = """
        with account as (
          select a.* from credit_account a join billing_snapshot b on b.id = a.billing_snapshot_id where b.traveller_id = @id
        ), held as (
          select id from account union select account_id from former_holder where traveller_id = @id
        ), purchase as (
          -- Month by month, with which the index of an account's purchases begins. The offset keeps the planner to it.
          select e.*
          from held h
          cross join credit_months_after(0) m(month)
          cross join lateral (
            select e.* from authorisation e where e.credit_month = m.month and e.account_id = h.id offset 0) e
          join billing_snapshot b on b.id = e.billing_snapshot_id
          where b.traveller_id = @id
        ), access as (
          -- Who accepted and is the traveller, or was until the removal: of an address before it, the person may be another.
          select x.*
          from control.traveller_access x join traveller t on t.id = x.traveller_id
          where x.traveller_id = @id and x.accepted_at is not null and (x.ended_at is null or x.ended_at >= t.removed_at)
        ), person as (
          select p.id, p.email, p.name from control.person p where p.id in (select person_id from access)
        ), other as (
          select p.email from control.traveller_access x join control.person p on p.id = x.person_id
          where x.traveller_id = @id and p.id not in (select id from person)
            and p.email <> (select t.email from traveller t where t.id = @id)
        )
        select jsonb_pretty(jsonb_build_object(
          'exported_at', ledger_now(),
          'traveller', (select to_jsonb(t) from traveller t where t.id = @id),
          'organisation', (select g.name from traveller t join organisation g on g.id = t.organisation_id where t.id = @id),
          'sign_in', (select jsonb_agg(to_jsonb(p)) from person p),
          'access', (select jsonb_agg(to_jsonb(x)) from access x),
          'sessions', (select jsonb_agg(to_jsonb(s) - 'sha256') from control.session s where s.person_id = any (array(select id from person))),
          'choices', (select to_jsonb(c) from control.traveller_choice c where c.traveller_id = @id),
          'terms_accepted', (select jsonb_agg(to_jsonb(a) || jsonb_build_object('kind', d.kind, 'version', d.version))
                             from control.terms_acceptance a join control.terms_document d on d.id = a.document_id
                             where a.traveller_id = @id),
          'requests', (select jsonb_agg(to_jsonb(r)) from control.traveller_request r where r.traveller_id = @id),
          'billed_as', (select jsonb_agg(to_jsonb(b)) from billing_snapshot b where b.traveller_id = @id),
          'credits', (select jsonb_agg(to_jsonb(a)) from account a),
          'activations', (select jsonb_agg(to_jsonb(c) - 'hmac') from control.activation_code c
                          where c.account_id = any (array(select id from account))),
          'purchases', (select jsonb_agg(to_jsonb(e) order by e.decided_at) from purchase e),
          'operations', (select jsonb_agg(to_jsonb(o) order by o.made_at)
                         from purchase p cross join lateral (
                           select o.* from operation o where o.authorisation_id = p.id offset 0) o),
          'charges', (select jsonb_agg(to_jsonb(c)) from billing.charge c join billing_snapshot b on b.id = c.billing_snapshot_id
                      where b.traveller_id = @id),
          'tickets', (select jsonb_agg(to_jsonb(k) || jsonb_build_object('history', (
                        select jsonb_agg(to_jsonb(h) order by h.id) from control.ticket_event h where h.ticket_id = k.id)))
                      from control.ticket k where k.traveller_id = @id),
          'staff_applications', (select jsonb_agg(to_jsonb(p)) from control.staff_application p where p.traveller_id = @id),
          'subscriptions', (select jsonb_agg(to_jsonb(s)) from control.subscription s where s.traveller_id = @id),
          'payroll_deductions', (select jsonb_agg(to_jsonb(d) order by d.month) from billing.payroll_deduction d
                                 where d.traveller_id = @id),
          'messages', (select jsonb_agg(to_jsonb(m) - 'text' - case when m.recipient in (select email from other)
                                                               then array['recipient', 'subject'] else '{}' end)
                       from control.message m
                       where m.operator_id = @OperatorId
                         and (m.traveller_id = @id or m.account_id = any (array(select id from account))
                              or m.recipient = any (array(select email from person)))),
          'audit_trail', (select jsonb_agg(to_jsonb(e) || jsonb_build_object(
                            'before', case when e.before ->> 'email' in (select email from other)
                                      then e.before - 'email' else e.before end,
                            'after', case when e.after ->> 'email' in (select email from other)
                                     then e.after - 'email' else e.after end) order by e.id)
                          from control.audit_entry e
                          where e.operator_id = @OperatorId
                            and (e.subject = any ('traveller:' || @id::text || array(select 'credit_account:' || id from account)
                                   || array(select 'request:' || r.id from control.traveller_request r where r.traveller_id = @id))
                                 or e.organisation_id = @OrganisationId and e.person_id = any (array(select id from person))))))
        """;

    /// <returns>The JSON.</returns>
    /// <exception cref="RefusedException">The traveller cannot be seen, or the principal is neither that traveller nor staff.</exception>
    public async Task<string> RunAsync(UnitOfWork work, Guid id)
    {
        var (row, scope) = await TravellerRow.GetVisibleOrRemovedAsync(work, id);
        if (!scope.IsStaff)
        {
            scope.RequireOwn(id);
        }

        var json = await work.Db.QuerySingleAsync<string>(Sql, new { id, row.OperatorId, row.OrganisationId });
        // Asked for by right, and so not refused for terms that were not accepted.
        await work.AuditAsync(
            work.Principal.PersonId, work.Principal.Email, "traveller.exported", "traveller:" + id, row.OperatorId,
            row.OrganisationId, row.DepartmentId);
        return json;
    }
}
