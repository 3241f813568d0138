using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Ledger.Reads;

namespace Authorisation.Billing.Purchases;

/// <summary>Shows a purchase with everything that happened to it, to a principal who may see it.</summary>
internal sealed class GetPurchase(LedgerReader ledger)
{
    /// <exception cref="RefusedException">There is none to be seen, or the right to purchases is missing.</exception>
    public async Task<PurchaseDetails> RunAsync(UnitOfWork work, Guid id) =>
        await PurchaseDetails.ReadAsync(work, await SeenPurchase.GetVisibleAsync(work, ledger, id));
}
