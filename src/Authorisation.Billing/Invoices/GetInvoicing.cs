using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;

namespace Authorisation.Billing.Invoices;

/// <summary>Shows what an operator invoices with and how, to its staff.</summary>
internal sealed class GetInvoicing
{
    /// <exception cref="RefusedException">The principal is not the operator's staff, or it is not set yet.</exception>
    public async Task<InvoicingDetails> RunAsync(UnitOfWork work, string code)
    {
        var terms = await OperatorTerms.GetVisibleAsync(work, code);
        var invoicing = await Invoicing.FindAsync(work.Db, terms.Id) ?? throw new RefusedException(
            ProblemCode.InvoicingNotSet,
            "No invoices are made until the seller and the payment details are set: "
            + $"PUT /v1/operators/{terms.Code}/invoicing.");
        return new InvoicingDetails(InvoicingRequest.Of(invoicing, terms.VatRatesInForce), invoicing.Revision);
    }
}
