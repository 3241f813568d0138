using Authorisation.Administration.Access;
using Authorisation.Administration.Trips;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Authorisation.Ledger.Reads;

namespace Authorisation.Billing.Purchases;

/// <summary>A purchase that a principal may see.</summary>
/// <param name="History">What was decided and what became of it.</param>
/// <param name="Now">When it was read, by the database's clock.</param>
/// <param name="Payer">
/// The payer; <see langword="null"/> for what is on no account, which operator staff alone see.
/// </param>
/// <param name="Scope">What the principal may reach where it is paid.</param>
/// <param name="Sight">What the principal sees of the trip.</param>
internal sealed record SeenPurchase(
    AuthorisationHistory History, DateTimeOffset Now, Payer? Payer, AccessScope Scope, TripSight Sight)
{
    /// <summary>The operator that it was asked of.</summary>
    public int OperatorId => History.Entry.Purchase.Instrument.OperatorId;

    /// <summary>
    /// The purchase, for a principal who may see it: operator staff; administrators of the organisation that pays and the
    /// traveller who bought, once purchases of its months are shown.
    /// </summary>
    /// <exception cref="RefusedException">
    /// 404: there is none, or it is not the principal's to see. 403 without the right.
    /// </exception>
    public static async Task<SeenPurchase> GetVisibleAsync(UnitOfWork work, LedgerReader ledger, Guid id)
    {
        var (found, now) = await ledger.FindAuthorisationAsync(id, work.Stop);
        var history = found ?? throw Problems.NotFound();
        var operatorId = history.Entry.Purchase.Instrument.OperatorId;
        var payers = await Payer.ReadAsync(work.Db, [history.BillingSnapshotId]);
        var payer = history.BillingSnapshotId is { } key ? payers.GetValueOrDefault(key) : null;
        var scope = payer is null
            ? new AccessScope(work.Principal.StaffOf.Contains(operatorId), Member: null)
            : work.Principal.At(operatorId, payer.OrganisationId);
        scope.RequireSight(payer?.DepartmentId, payer?.TravellerId);
        if (!scope.IsStaff)
        {
            var visibility = await PurchaseVisibility.ReadAsync(work.Db, operatorId);
            if (visibility.HiddenUntil(history.CreditMonth) is not null || visibility.HiddenUntil(history.InvoiceMonth) is not null)
            {
                throw Problems.NotFound();
            }
        }

        scope.RequirePurchasesOf(payer?.TravellerId);
        var sight = await TripSight.ReadAsync(work.Db, operatorId, scope, [payer?.TravellerId]);
        return new SeenPurchase(history, now, payer, scope, sight);
    }
}
