using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;

namespace Authorisation.Billing.Documents;

/// <summary>An e-invoice: Peppol BIS Billing 3.0 in UTF-8.</summary>
/// <param name="Header">The invoice that it is of.</param>
/// <param name="Xml">The document.</param>
internal sealed record EInvoice(InvoiceHeader Header, byte[] Xml);

/// <summary>Writes an invoice as an e-invoice, for a principal who may see it.</summary>
internal sealed class GetEInvoice(GetInvoice get)
{
    /// <exception cref="RefusedException">
    /// As of <see cref="GetInvoice"/>; or the invoice lacks what receivers require, which the error lists.
    /// </exception>
    public async Task<EInvoice> RunAsync(UnitOfWork work, Guid id)
    {
        var (header, invoice) = await get.DocumentAsync(work, id);
        return PeppolXml.Missing(invoice) is { Count: > 0 } missing
            ? throw new RefusedException(ProblemCode.EInvoiceIncomplete, string.Join(' ', missing))
            : new EInvoice(header, PeppolXml.Write(invoice, header.Locale));
    }
}
