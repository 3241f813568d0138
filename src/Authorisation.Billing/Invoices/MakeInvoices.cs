using Authorisation.Administration.Operators;
using Authorisation.Billing.Amounts;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>
/// Makes the invoices of a closed month from what its accounts were sealed with and from its charges: one for each
/// organisation and billing reference under which something stands. An invoice is made once and never changed.
/// </summary>
internal sealed class MakeInvoices
{
    // The amounts on the invoices of a billing snapshot "p", by rate of VAT. A purchase that was refunded within the
    // month sums to zero and is on no invoice. But a purchase and a refund of an older month may sum to zero as well,
    // and both must be on an invoice.
    private const string Owed = """
        (
          select o.vat_category, o.vat_basis_points, o.invoiced_minor
          from (
            select s.vat_category, s.vat_basis_points, s.invoiced_minor, s.late_rows
            from billing.statement_part s
            where s.billing_snapshot_id = p.id and s.month = @month and s.operator_id = @operatorId
            union all
            select r.vat_category, r.vat_basis_points, sum(r.invoiced_minor)::bigint, count(*) filter (where r.late_minor <> 0)
            from billing.month_rows(@operatorId, @month) r
            where r.source = 3 and r.billing_snapshot_id = p.id
            group by r.vat_category, r.vat_basis_points) o
          where o.invoiced_minor <> 0 or o.late_rows > 0
          offset 0)
        """;

    // The parts of each billing snapshot are looked up by themselves ("offset 0" keeps it so): right after a month was
    // written nothing is known of how it is spread, and a plan made for all of them at once may read all of it for each
    // organisation.
    private const string NextSql = $"""
        select g.id
        from organisation g
        cross join lateral (
          select
          from billing_snapshot p
          cross join lateral {Owed} s
          where p.organisation_id = g.id
          limit 1) found
        where g.operator_id = @operatorId and g.id > @after
        order by g.id
        limit @organisations
        """;

    private const string SumsSql = $"""
        select p.organisation_id, p.billing_reference, s.vat_category, s.vat_basis_points,
               sum(s.invoiced_minor)::bigint as gross_minor
        from billing_snapshot p
        cross join lateral {Owed} s
        where p.organisation_id = any(@ids)
          and not exists (
            select from billing.invoice i
            where i.operator_id = @operatorId and i.month = @month and i.organisation_id = p.organisation_id
              and i.billing_reference = p.billing_reference and i.cancels is null and i.replaces is null)
        group by p.organisation_id, p.billing_reference, s.vat_category, s.vat_basis_points
        order by p.organisation_id, p.billing_reference
        """;

    /// <summary>Makes the invoices of the next organisations, within the caller's transaction.</summary>
    /// <param name="db">Where the month is closed and its statements are written.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="month">The month.</param>
    /// <param name="after">The last organisation that was handled; the nil UUID at the beginning.</param>
    /// <param name="organisations">How many to handle at most, 1 or more.</param>
    /// <param name="today">The day by the operator's calendar: no invoice is published before it.</param>
    /// <param name="stop">Gives it up.</param>
    /// <returns>
    /// The last organisation handled, null when there is none after it; and how many invoices were made.
    /// </returns>
    /// <exception cref="InvalidOperationException">It is not set how the operator invoices.</exception>
    public async Task<(Guid? After, int Made)> RunAsync(
        NpgsqlConnection db, OperatorTerms terms, CreditMonth month, Guid after, int organisations, DateOnly today,
        CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(organisations, 1);
        // Another session that makes invoices of the operator waits here, and then sees those that were made.
        var invoicing = await Invoicing.FindAsync(db, terms.Id, forChange: true)
            ?? throw new InvalidOperationException($"It is not set how {terms.Code} invoices.");
        invoicing = await invoicing.WithCatalogueAsync(db, terms);
        var ids = (await db.QueryAsync<Guid>(new CommandDefinition(
            NextSql, new { operatorId = terms.Id, month = month.Number, after, organisations }, cancellationToken: stop))).ToArray();
        if (ids.Length == 0)
        {
            return (null, 0);
        }

        var sums = await db.QueryAsync<SumAtRate>(new CommandDefinition(
            SumsSql, new { operatorId = terms.Id, month = month.Number, ids }, cancellationToken: stop));
        var buyers = await InvoiceBuyers.ReadAsync(db, terms, ids);
        var published = BusinessDays.FirstOf(month.Next, terms.Country);
        published = published > today ? published : today;
        var made = sums.GroupBy(sum => (sum.OrganisationId, sum.BillingReference))
            .Select(same => Make(same.Key.OrganisationId, same.Key.BillingReference, same, buyers, terms, invoicing))
            .ToList();
        if (made.Count > 0)
        {
            await InvoiceWriter.WriteAsync(db, terms, month, invoicing, published, made);
            await InvoiceCorrections.WriteAsync(db, terms.Id, month, [.. made.Where(one => one.Kind == InvoiceKind.CreditNote)]);
        }

        return (ids.Length < organisations ? null : ids[^1], made.Count);
    }

    private static NewInvoice Make(
        Guid organisation,
        string reference,
        IEnumerable<SumAtRate> sums,
        InvoiceBuyers buyers,
        OperatorTerms terms,
        Invoicing invoicing)
    {
        var (taxes, instead) = InvoiceRates.Settle(
            sums.Select(
                sum => (new VatRate(VatLetters.Read(sum.VatCategory), sum.VatBasisPoints), sum.GrossMinor)), terms);
        return new NewInvoice(
            Guid.CreateVersion7(), organisation, reference, taxes, buyers.Of(organisation, reference),
            invoicing.ItemisesCards, invoicing.ProductTextsId)
        {
            VatBasisPointsInstead = instead,
        };
    }

    private sealed record SumAtRate
    {
        public required Guid OrganisationId { get; init; }

        public required string BillingReference { get; init; }

        public required string VatCategory { get; init; }

        public required int VatBasisPoints { get; init; }

        public required long GrossMinor { get; init; }
    }
}
