using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Testing.Ledger;
using Dapper;

namespace Authorisation.Admin.Tests.Plans;

/// <summary>
/// A ledger that has been in use for long: tens of thousands of rows of whatever gathers, nine tenths of them a neighbour's
/// of the operator that is looked at, and the newest of the trail and the messages among these.
/// </summary>
internal static class GrownLedger
{
    /// <summary>How many rows most tables have.</summary>
    public const int Rows = 30_000;

    private const int Organisations = 300;

    /// <summary>One in so many is the operator's that is looked at, and of these one in so many the customer's.</summary>
    private const int Share = 10;

    // A number n belongs to our operator if 10 divides it, and to the customer if 100 does. Inserted without triggers, which
    // would note a change of a card for each account.
    private const string People = """
        create temporary table place as
        select n, case when n % @Share = 0 then @ours else @neighbour end as operator_id,
               case when n % 100 = 0 then @customer else md5('o' || n % @Organisations)::uuid end as organisation_id,
               case when n % 100 = 0 then @department else md5('d' || n % @Organisations)::uuid end as department_id,
               md5('t' || n)::uuid as traveller_id, md5('a' || n)::uuid as account_id
        from generate_series(1, @Rows) n;
        insert into organisation (id, operator_id, name, organisation_number)
        select md5('o' || n)::uuid, case when n % @Share = 0 then @ours else @neighbour end, 'Organisation ' || n,
               (5560000000 + n)::text
        from generate_series(0, @Organisations - 1) n;
        insert into organisation (id, operator_id, name, status)
        select gen_random_uuid(), @neighbour, 'Applicant ' || n, 3 from generate_series(1, @Rows) n;
        insert into department (id, organisation_id, name, billing_reference)
        select md5('d' || n)::uuid, md5('o' || n)::uuid, 'Department', 'R' from generate_series(0, @Organisations - 1) n;
        insert into department (id, organisation_id, name, billing_reference)
        select gen_random_uuid(), md5('o' || n % @Organisations)::uuid, 'Department', 'R' from generate_series(1, @Rows) n;
        insert into traveller (id, organisation_id, department_id, name, email, mobile)
        select traveller_id, organisation_id, department_id, 'Traveller ' || n, 't' || n || '@example.org', '+46' || 700000000 + n
        from place;
        insert into billing_snapshot (
          organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference)
        select organisation_id, 'Organisation', department_id, 'Department', traveller_id, 'Traveller ' || n, 'R' from place;
        insert into credit_account (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor, given_at)
        select l.account_id, l.operator_id, 1, (7000000000 + l.n)::text, p.id, 50000, '2000-01-01'
        from place l join billing_snapshot p on p.traveller_id = l.traveller_id;
        insert into former_holder (traveller_id, account_id)
        select l.traveller_id, o.account_id from place l join place o on o.n = l.n + 1 where l.n % 3 = 1;
        insert into control.person (id, email, name) select md5('p' || n)::uuid, 'p' || n || '@example.org', 'P' from place;
        insert into control.session (sha256, person_id, expires_at)
        select sha256(n::text::bytea), md5('p' || n % 100)::uuid, now() + interval '1 day' from place;
        insert into control.administrator (id, organisation_id, person_id, is_organisation_wide, rights)
        select md5('m' || n)::uuid, organisation_id, md5('p' || n)::uuid, false, 31 from place where n % 100 <> 0;
        insert into control.administrator_department (administrator_id, department_id)
        select md5('m' || n)::uuid, department_id from place where n % 100 <> 0;
        insert into control.traveller_access (id, traveller_id, organisation_id, person_id, accepted_at)
        select md5('x' || n)::uuid, traveller_id, organisation_id, md5('p' || n)::uuid, now() from place;
        insert into control.traveller_choice (traveller_id, trip_consent_at) select traveller_id, now() from place;
        insert into control.traveller_request (id, traveller_id, organisation_id, account_id, kind)
        select md5('q' || n)::uuid, traveller_id, organisation_id, account_id, 'new_code' from place;
        with document as (
          insert into control.terms_document (operator_id, kind, version, valid_from, accepted_by)
          values (@ours, 'privacy', '1', current_date - 9, 2) returning id)
        insert into control.terms_acceptance (document_id, traveller_id) select document.id, traveller_id from document, place
        """;

    private const string Purchases = """
        insert into authorisation (
          id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, amount_minor, hold,
          expires_at, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given)
        select md5('e' || i || '/' || m.month || '/' || l.n)::uuid, l.operator_id, 1, a.id, a.card_number, a.billing_snapshot_id, 1, 0, 1000,
               i % 4 = 0, case when i % 4 = 0 then now() end, m.month, m.month, now(), 600, 'S', false
        from place l join credit_account a on a.id = l.account_id
        cross join unnest(@months::integer[]) m(month) cross join generate_series(1, 2) i;
        insert into operation (
          id, authorisation_id, ordinal, operator_id, kind, made_offline, state_after, amount_minor, spent_minor, held_minor,
          invoiced_minor, account_id, billing_snapshot_id, credit_month, invoice_month, made_at, over_limit)
        select gen_random_uuid(), id, 1, operator_id, 3, false, 60, 100, -100, 0, -100, account_id, billing_snapshot_id,
               credit_month, invoice_month, now(), false
        from authorisation where credit_month = @months[1] and account_id is not null;
        insert into open_hold (authorisation_id, account_id, operator_id, credit_month, expires_at)
        select id, account_id, operator_id, credit_month, now() + interval '1 hour' from authorisation
        where credit_month = @months[1] and account_id is not null and mod(hashtext(id::text), 2) = 0;
        insert into billing.charge (
          id, operator_id, billing_snapshot_id, source_kind, source_id, amount_minor, vat_basis_points, vat_category, credit_month,
          invoice_month, description)
        select gen_random_uuid(), a.operator_id, a.billing_snapshot_id, 'ticket', l.n::text, 5000, 600, 'S', @months[1],
               @months[1], 'Ticket'
        from place l join credit_account a on a.id = l.account_id;
        insert into control.ticket_order (id, operator_id, organisation_id, department_id, reason, person_email)
        select md5('q' || n)::uuid, operator_id, organisation_id, department_id, 'Fair', 'p@example.org' from place;
        insert into control.ticket (
          id, order_id, ordinal, operator_id, organisation_id, department_id, traveller_id, product, price_minor, charge_id, month,
          state, card_number, mobile)
        select md5('k' || l.n)::uuid, md5('q' || l.n)::uuid, 1, l.operator_id, l.organisation_id, l.department_id, l.traveller_id,
               'single-adult', 3400, gen_random_uuid(), @months[1], 1 + l.n / 100 % 8,
               case when l.n % 200 = 0 then (8000000000 + l.n)::text end,
               case when l.n % 200 <> 0 then '+46' || 700000000 + l.n end
        from place l;
        insert into control.ticket_event (ticket_id, operator_id, event, event_id, occurred_at, recorded_by, state_after)
        select md5('k' || n)::uuid, operator_id, 'ordered', gen_random_uuid(), now(), 'p@example.org', 1 from place;
        insert into billing.statement (
          operator_id, month, account_id, billing_snapshot_id, limit_minor, held_minor, purchases, seals)
        select a.operator_id, @closed, a.id, a.billing_snapshot_id, 50000, 0, 0, ''
        from place l join credit_account a on a.id = l.account_id;
        insert into billing.statement_part (
          operator_id, month, account_id, billing_snapshot_id, vat_category, vat_basis_points, purchases, invoiced_minor, late_rows)
        select operator_id, month, account_id, billing_snapshot_id, 'S', 600, 0, 0, 0 from billing.statement
        on conflict do nothing;
        insert into billing.invoice (
          id, operator_id, month, organisation_id, billing_reference, organisation_name, kind, number, currency, net_minor,
          vat_minor, rounding_minor, total_minor, published_on, due_on, itemises_cards, seller, payment, buyer, made_at)
        select md5('i' || n)::uuid, operator_id, 200001 + n / 100 % 80 * 100, organisation_id, 'R' || n, 'Organisation', 1,
               'N-' || n, 'SEK', 0, 0, 0, 0, '2000-01-01', '2000-01-01', false, '{}', '{}', '{}', now()
        from place;
        insert into billing.invoice_tax (invoice_id, vat_category, vat_basis_points, gross_minor, net_minor, vat_minor)
        select md5('i' || n)::uuid, 'S', 600, 0, 0, 0 from place;
        insert into billing.invoice_correction (invoice_id, corrected_id)
        select md5('i' || n)::uuid, md5('i' || n - 1)::uuid from place where n % 100 > 1
        """;

    private const string Records = """
        insert into control.audit_entry (operator_id, organisation_id, department_id, person_email, action, subject)
        select operator_id, organisation_id, department_id, 'p@example.org', 'credit.changed', 'account:' || account_id
        from place order by n;
        insert into control.audit_entry (operator_id, organisation_id, person_email, action, subject)
        select operator_id, organisation_id, 'p@example.org', 'credit.changed', 'account:' || account_id
        from place where n % @Share <> 0;
        insert into control.message (
          id, operator_id, organisation_id, channel, kind, sender, recipient, state, expires_at, made_at)
        select md5('x' || n)::uuid, operator_id, organisation_id, 1, 'activation_code', 'Resor', '+46' || 700000000 + n, 2, now(),
               now() - interval '1 day'
        from place;
        insert into product (operator_id, code, name_sv, name_nb, name_en, kind, traveller_category, vat_basis_points, vat_category, sold_by)
        values (@ours, 'month', 'Månad', 'Måned', 'Month', 6, 'adult', 600, 'S', 8) on conflict do nothing;
        insert into control.staff_offer (id, operator_id, organisation_id, product, months, closed_at)
        select md5('g' || n)::uuid, operator_id, organisation_id, 'month', 1, now() from place;
        insert into control.staff_application (
          id, offer_id, operator_id, organisation_id, department_id, traveller_id, mobile, state)
        select md5('h' || n)::uuid, md5('g' || n)::uuid, operator_id, organisation_id, department_id, traveller_id,
               '+46' || 700000000 + n, case when n % 3 = 0 then 1 else 3 end
        from place;
        insert into control.subscription (
          id, operator_id, organisation_id, department_id, traveller_id, mobile, first_name, last_name, is_by_link, state,
          first_month, announced_month, begun_month)
        select md5('s' || n)::uuid, operator_id, organisation_id, department_id, traveller_id, '+46' || 700000000 + n, 'Eva', 'Ek', false,
               case when n % 3 = 0 then 1 else 2 end, 202001, 299901, 299901
        from place;
        insert into control.subscription_product (subscription_id, from_month, product)
        select md5('s' || n)::uuid, 202001, 'month' from place;
        insert into billing.payroll_deduction (
          id, operator_id, organisation_id, department_id, traveller_id, source_kind, source_id, month, price_minor, deduction_minor,
          description)
        select md5('l' || n)::uuid, operator_id, organisation_id, department_id, traveller_id, 'subscription_month', n::text,
               @months[1], 100, 100, 'Månad'
        from place;
        insert into control.event (id, operator_id, type, subject, data, state, made_at)
        select md5('e' || n)::uuid, operator_id, 'ticket.ordered', 'ticket' || n % 10000, '{}',
               case when n % 1000 = 0 then 1 when n % 500 = 0 then 3 else 2 end, now() - interval '1 day'
        from place;
        insert into control.activation_code (id, account_id, operator_id, login, hmac, made_at, expires_at, used_at)
        select gen_random_uuid(), account_id, operator_id, 'login' || n, sha256(''), now(), now(), now() from place;
        insert into control.traveller_import (
          id, organisation_id, person_id, state, valid_rows_only, rows_total, is_whole_list, confirmation)
        select md5('f' || n)::uuid, organisation_id, md5('p' || n)::uuid, 2, true, 1, true, 'x' from place;
        insert into control.traveller_import_missing (import_id, traveller_id, revision)
        select md5('f' || n - n % 100)::uuid, traveller_id, 1 from place where n >= 100;
        insert into control.traveller_import_error (import_id, line, place, field, message)
        select md5('f' || n)::uuid, 1, 1, 'email', 'is missing' from place;
        insert into access_token (sha256, operator_id, account_id)
        select sha256(n::text::bytea), operator_id, account_id from place;
        insert into control.staff_operation (operation_id, person_id, person_email)
        select gen_random_uuid(), md5('p' || n)::uuid, 'p@example.org' from place;
        insert into billing.month_end_finding (month_end_id, ordinal, kind, subject, expected, found, found_at)
        select md5('r' || n)::uuid, 1, 'spent_differs_from_rows', 'account', '1', '2', now() from place;
        insert into billing.month_end (id, operator_id, night, state, step, after_id, started_at, finished_at)
        select md5('r' || n)::uuid, case when n % @Share = 0 then @ours else @neighbour end, date '1950-01-01' + n, 2, 10,
               md5('')::uuid, now(), now()
        from place
        """;

    /// <summary>Fills it.</summary>
    /// <param name="ledger">A ledger of the test's own.</param>
    /// <param name="customer">The customer that is looked at.</param>
    /// <param name="neighbour">The operator that has most of it.</param>
    /// <param name="closed">The month that the operator has closed last.</param>
    public static async Task FillAsync(TestLedger ledger, AdminOrganisation customer, int neighbour, CreditMonth closed)
    {
        await using var session = await ledger.OpenSessionAsync(ledger.SuperuserConnectionString);
        await session.ExecuteAsync("set session_replication_role = replica");
        foreach (var sql in (string[])[People, Purchases, Records])
        {
            await session.ExecuteAsync(
                sql,
                new
                {
                    Rows,
                    Organisations,
                    Share,
                    ours = customer.Operator.Id,
                    neighbour,
                    customer = customer.Id,
                    department = customer.DepartmentId,
                    months = new[] { ClosedMonth.Ago(0).Number, ClosedMonth.Ago(1).Number },
                    closed = closed.Number,
                },
                commandTimeout: 300);
        }

        await session.ExecuteAsync("vacuum (analyze)", commandTimeout: 300);
    }

    /// <summary>The id that this SQL gives what it makes: the MD5 of a text.</summary>
    public static Task<Guid> IdAsync(TestLedger ledger, string text) =>
        ledger.AskAsync<Guid>("select md5(@text)::uuid", new { text });
}
