using Authorisation.Administration.Operators;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>Writes invoices that are made up, with the next numbers of the operator's series.</summary>
internal static class InvoiceWriter
{
    /// <summary>Writes them with the next numbers, in their order.</summary>
    /// <param name="db">Within a transaction that has locked how the operator invoices.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="month">The month that is invoiced.</param>
    /// <param name="invoicing">How the operator invoices.</param>
    /// <param name="published">The day of issue, on which administrators see them.</param>
    /// <param name="made">At least one.</param>
    public static async Task WriteAsync(
        NpgsqlConnection db, OperatorTerms terms, CreditMonth month, Invoicing invoicing, DateOnly published,
        IReadOnlyList<NewInvoice> made)
    {
        // Together with the invoices or not at all, so that no number is skipped.
        var next = await db.ExecuteScalarAsync<long>(
            """
            update billing.invoicing set next_number = next_number + @Count where operator_id = @Id
            returning next_number - @Count
            """,
            new { made.Count, terms.Id });
        await db.ExecuteAsync(
            """
            insert into billing.invoice (
              id, operator_id, month, organisation_id, billing_reference, organisation_name, kind, number, currency,
              net_minor, vat_minor, rounding_minor, total_minor, published_on, due_on, itemises_cards, seller, payment, buyer,
              product_texts_id, vat_basis_points_instead, cancels, replaces, made_at)
            select x.id, @operatorId, @month, x.organisation_id, x.reference, x.name, x.kind,
                   @NumberPrefix || (@next + x.place - 1), @Currency, x.net, x.vat, x.total - x.net - x.vat, x.total,
                   @published, @due, x.itemises_cards, @seller::jsonb, @payment::jsonb, x.buyer::jsonb, x.product_texts_id,
                   x.instead, x.cancels, x.replaces, ledger_now()
            from unnest(
              @ids, @organisations, @references, @names, @kinds, @nets, @vats, @totals, @buyers, @itemises, @texts, @instead,
              @cancels, @replaces)
              with ordinality x(
                id, organisation_id, reference, name, kind, net, vat, total, buyer, itemises_cards, product_texts_id, instead,
                cancels, replaces, place)
            order by x.place
            """,
            new
            {
                operatorId = terms.Id,
                month = month.Number,
                invoicing.NumberPrefix,
                next,
                terms.Currency,
                published,
                due = published.AddDays(invoicing.PaymentDays),
                seller = InvoiceJson.Write(invoicing.Seller),
                payment = InvoiceJson.Write(invoicing.Payment),
                ids = made.Select(one => one.Id).ToArray(),
                organisations = made.Select(one => one.OrganisationId).ToArray(),
                references = made.Select(one => one.BillingReference).ToArray(),
                names = made.Select(one => one.Buyer.Name).ToArray(),
                kinds = made.Select(one => (short)one.Kind).ToArray(),
                nets = made.Select(one => one.Taxes.Sum(tax => tax.NetMinor)).ToArray(),
                vats = made.Select(one => one.Taxes.Sum(tax => tax.VatMinor)).ToArray(),
                totals = made.Select(one => one.TotalMinor).ToArray(),
                buyers = made.Select(one => InvoiceJson.Write(one.Buyer)).ToArray(),
                itemises = made.Select(one => one.ItemisesCards).ToArray(),
                texts = made.Select(one => one.ProductTextsId).ToArray(),
                instead = made.Select(one => one.VatBasisPointsInstead).ToArray(),
                cancels = made.Select(one => one.Cancels).ToArray(),
                replaces = made.Select(one => one.Replaces).ToArray(),
            });
        await WriteTaxesAsync(db, made);
    }

    private static async Task WriteTaxesAsync(NpgsqlConnection db, IReadOnlyList<NewInvoice> made)
    {
        var taxes = made.SelectMany(one => one.Taxes.Select(tax => (one.Id, Tax: tax))).ToList();
        await db.ExecuteAsync(
            """
            insert into billing.invoice_tax (invoice_id, vat_category, vat_basis_points, gross_minor, net_minor, vat_minor)
            select * from unnest(@ids, @categories, @rates, @grosses, @nets, @vats)
            """,
            new
            {
                ids = taxes.Select(one => one.Id).ToArray(),
                categories = taxes.Select(one => VatLetters.Of(one.Tax.Category)).ToArray(),
                rates = taxes.Select(one => one.Tax.BasisPoints).ToArray(),
                grosses = taxes.Select(one => one.Tax.GrossMinor).ToArray(),
                nets = taxes.Select(one => one.Tax.NetMinor).ToArray(),
                vats = taxes.Select(one => one.Tax.VatMinor).ToArray(),
            });
    }
}
