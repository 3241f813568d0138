using Authorisation.Administration.Access;
using Authorisation.Administration.Trips;
using Authorisation.Administration.Work;

namespace Authorisation.Billing.Invoices;

/// <summary>An invoice as the database has it, and with its lines.</summary>
internal sealed record InvoiceDetails(InvoiceHeader Header, Invoice Invoice);

/// <summary>Shows an invoice with its lines to a principal who may see it.</summary>
internal sealed class GetInvoice(InvoiceReader reader)
{
    /// <summary>As the principal may see it.</summary>
    /// <exception cref="RefusedException">
    /// There is none to be seen, or its lines do not come to what was invoiced.
    /// </exception>
    public async Task<InvoiceDetails> RunAsync(UnitOfWork work, Guid id)
    {
        var (header, scope) = await InvoiceHeader.GetVisibleAsync(work, id);
        return new InvoiceDetails(header, await reader.ReadAsync(work.Db, header, scope, work.Stop));
    }

    /// <summary>As a document of the employer's, which is the same for every caller.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<InvoiceDetails> DocumentAsync(UnitOfWork work, Guid id)
    {
        var (header, _) = await InvoiceHeader.GetVisibleAsync(work, id);
        return new InvoiceDetails(header, await reader.ReadAsync(work.Db, header, TripSight.Employer, work.Stop));
    }
}
