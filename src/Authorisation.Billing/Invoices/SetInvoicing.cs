using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Billing.Invoices;

/// <summary>
/// Sets what an operator invoices with and how, for invoices that are made from now on; by its staff.
/// </summary>
internal sealed class SetInvoicing
{
    /// <returns>What is in force now.</returns>
    /// <exception cref="RefusedException">
    /// The principal is not the operator's staff, a field is wrong, or another set it first.
    /// </exception>
    public async Task<InvoicingDetails> RunAsync(UnitOfWork work, string code, Request<InvoicingRequest> request)
    {
        var terms = await OperatorTerms.GetVisibleAsync(work, code);
        var before = await Invoicing.FindAsync(work.Db, terms.Id, forChange: true);
        // The rates may have changed while the lock was waited for.
        terms = await OperatorTerms.GetAsync(work.Db, terms.Id);
        var lastNumber = await work.Db.ExecuteScalarAsync<long?>(
            "select max(series_number) from billing.invoice where operator_id = @Id", new { terms.Id });
        var asked = request.Read();
        var fields = new Fields();
        var after = InvoicingFields.Read(fields, asked, terms, before, lastNumber);
        var rates = InvoicingRates.Read(fields, asked.VatRates, terms);
        fields.ThrowIfAny();
        request.RequireRevision(before?.Revision ?? 0);
        after = after with
        {
            ProductTextsId = before is not null && before.ProductTexts.IsSame(after.ProductTexts)
                ? before.ProductTextsId : await after.ProductTexts.AddAsync(work.Db, terms.Id),
        };
        if (!await after.SaveAsync(work.Db, terms.Id))
        {
            throw Problems.Changed();
        }

        var inForce = InvoicingRequest.Of(after, (terms with { VatRates = rates }).VatRatesInForce);
        await InvoicingRates.SaveAsync(work.Db, terms, rates);
        await work.AuditAsync(
            "invoicing.set", "operator:" + terms.Code, terms.Id,
            before: before is null ? null : InvoicingRequest.Of(before, terms.VatRatesInForce), after: inForce);
        return new InvoicingDetails(inForce, after.Revision);
    }
}
