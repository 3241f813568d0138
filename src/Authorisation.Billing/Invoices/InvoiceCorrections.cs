using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>Which earlier invoices a credit note takes something off.</summary>
internal static class InvoiceCorrections
{
    private const string InForce = "i.cancels is null and not exists (select from billing.invoice c where c.cancels = i.id)";

    // A refund of an earlier invoice is late: it counts in a month before the one whose invoice has it. The purchase
    // stood on the invoice of the month that was put there last.
    private const string Sql = $"""
        with note as (
          select * from unnest(@ids, @organisations, @references) as n(id, organisation_id, reference)
        ), refunded as (
          select distinct n.id, n.organisation_id, n.reference, stood.month
          from note n
          join billing_snapshot p on p.organisation_id = n.organisation_id and p.billing_reference = n.reference
          cross join lateral (
            select distinct s.account_id
            from billing.statement_part s
            where s.billing_snapshot_id = p.id and s.month = @month and s.operator_id = @operatorId
            offset 0) s
          cross join lateral (
            select o.authorisation_id
            from operation o
            where o.account_id = s.account_id and o.invoice_month = @month and o.invoice_month > o.credit_month
              and o.billing_snapshot_id = p.id and o.invoiced_minor < 0
            offset 0) o
          cross join lateral (
            select coalesce(
              (select t.invoice_month from operation t
               where t.authorisation_id = o.authorisation_id and t.invoiced_minor > 0 order by t.ordinal desc limit 1),
              (select e.invoice_month from authorisation e where e.id = o.authorisation_id)) as month) stood
          where stood.month < @month
          union
          select n.id, n.organisation_id, n.reference, c.invoice_month
          from note n
          join billing_snapshot p on p.organisation_id = n.organisation_id and p.billing_reference = n.reference
          cross join lateral (
            select c.invoice_month
            from billing.charge r join billing.charge c on c.id = r.reverses
            where r.operator_id = @operatorId and r.invoice_month = @month and r.billing_snapshot_id = p.id
              and c.invoice_month < @month
            offset 0) c
        ), found as (
          select r.id, i.id as corrected_id
          from refunded r
          join billing.invoice i on i.operator_id = @operatorId and i.month = r.month
            and i.organisation_id = r.organisation_id and i.billing_reference = r.reference and {InForce}
        )
        insert into billing.invoice_correction (invoice_id, corrected_id)
        select id, corrected_id from found
        union
        -- What was refunded may have stood on no invoice: then the latest one is named, under this reference if there is one.
        select n.id, latest.id
        from note n
        cross join lateral (
          select i.id from billing.invoice i
          where i.organisation_id = n.organisation_id and i.operator_id = @operatorId and i.month < @month and {InForce}
          order by i.billing_reference = n.reference desc, i.month desc, i.series_number desc limit 1) latest
        where not exists (select from found f where f.id = n.id)
        """;

    /// <summary>Writes them for credit notes that have just been written.</summary>
    public static async Task WriteAsync(NpgsqlConnection db, int operatorId, CreditMonth month, IReadOnlyList<NewInvoice> notes)
    {
        if (notes.Count == 0)
        {
            return;
        }

        await db.ExecuteAsync(Sql, new
        {
            operatorId,
            month = month.Number,
            ids = notes.Select(note => note.Id).ToArray(),
            organisations = notes.Select(note => note.OrganisationId).ToArray(),
            references = notes.Select(note => note.BillingReference).ToArray(),
        });
    }
}
