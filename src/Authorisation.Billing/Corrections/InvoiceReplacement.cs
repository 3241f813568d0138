using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Corrections;

/// <summary>
/// Takes an invoice back whole, and makes one of the same rows that stands instead of it, with the seller, the payment
/// and the buyer as they are now. So what an invoice was made with by mistake is put right, and no invoice is ever
/// changed.
/// </summary>
internal static class InvoiceReplacement
{
    /// <summary>Writes both documents, within the caller's transaction.</summary>
    /// <param name="db">Within a transaction that has locked how the operator invoices.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="invoicing">How the operator invoices now.</param>
    /// <param name="row">The invoice, which is in force.</param>
    /// <returns>The ids of what takes it back, and of what stands instead of it.</returns>
    public static async Task<(Guid Cancellation, Guid Replacement)> WriteAsync(
        NpgsqlConnection db, OperatorTerms terms, Invoicing invoicing, InvoiceHeader row)
    {
        var today = LocalDay.Of(await ControlDatabase.NowAsync(db), terms.Zone);
        var buyers = await InvoiceBuyers.ReadAsync(db, terms, [row.OrganisationId]);
        var buyer = buyers.Of(row.OrganisationId, row.BillingReference);
        var taxes = (await InvoiceReader.TaxesAsync(db, [row.Id]))[row.Id].ToList();
        var cancellation = new NewInvoice(
            Guid.CreateVersion7(), row.OrganisationId, row.BillingReference, [.. taxes.Select(Mirror)], buyer, row.ItemisesCards,
            row.ProductTextsId)
        {
            Kind = row.Kind == InvoiceKind.Invoice ? InvoiceKind.CreditNote : InvoiceKind.Invoice,
            VatBasisPointsInstead = row.VatBasisPointsInstead,
            Cancels = row.Id,
        };
        var (settled, instead) = InvoiceRates.Settle(
            taxes.Select(tax => (new VatRate(tax.Category, tax.BasisPoints), tax.GrossMinor)), terms);
        var replacement = new NewInvoice(
            Guid.CreateVersion7(), row.OrganisationId, row.BillingReference, settled, buyer, invoicing.ItemisesCards,
            invoicing.ProductTextsId)
        {
            Kind = row.Kind,
            // Rows that stood at another rate already stay at that one.
            VatBasisPointsInstead = instead ?? row.VatBasisPointsInstead,
            Replaces = row.Id,
        };
        var published = row.PublishedOn > today ? row.PublishedOn : today;
        await InvoiceWriter.WriteAsync(db, terms, row.CreditMonth, invoicing, published, [cancellation, replacement]);
        await db.ExecuteAsync(
            """
            insert into billing.invoice_correction (invoice_id, corrected_id)
            select @cancellation, @Id
            union all
            -- What a credit note took something off, the one instead of it does.
            select @replacement, corrected_id from billing.invoice_correction where invoice_id = @Id
            """,
            new { cancellation = cancellation.Id, replacement = replacement.Id, row.Id });
        return (cancellation.Id, replacement.Id);
    }

    private static TaxSubtotal Mirror(TaxSubtotal tax) =>
        tax with { GrossMinor = -tax.GrossMinor, NetMinor = -tax.NetMinor, VatMinor = -tax.VatMinor };
}
