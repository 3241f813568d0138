using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;

namespace Authorisation.Billing.Purchases;

/// <summary>A purchase with everything that happened to it.</summary>
/// <param name="Seen">The purchase, and the principal who sees it.</param>
/// <param name="Names">The names behind its operations.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record PurchaseDetails(SeenPurchase Seen, OperationNames Names, string Currency)
{
    /// <summary>Reads what belongs to a purchase.</summary>
    public static async Task<PurchaseDetails> ReadAsync(UnitOfWork work, SeenPurchase seen)
    {
        var terms = await OperatorTerms.GetAsync(work.Db, seen.OperatorId);
        return new PurchaseDetails(seen, await OperationNames.ReadAsync(work.Db, seen), terms.Currency);
    }
}
