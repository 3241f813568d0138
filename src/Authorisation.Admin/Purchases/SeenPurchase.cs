using Authorisation.Admin.Access;
using Authorisation.Admin.Http;
using Authorisation.Admin.Invoices;
using Authorisation.Core;
using Authorisation.Ledger.Reads;

namespace Authorisation.Admin.Purchases;

/// <summary>A purchase that the caller of a call may see.</summary>
/// <param name="History">What was decided and what became of it.</param>
/// <param name="Now">When it was read, by the database's clock.</param>
/// <param name="Payer">Who pays; <see langword="null"/> for what is on no account, which operator staff alone see.</param>
/// <param name="AccessScope">What the caller may reach where it is paid.</param>
internal sealed record SeenPurchase(AuthorisationHistory History, DateTimeOffset Now, Payer? Payer, AccessScope AccessScope)
{
    /// <summary>The operator that it was asked of.</summary>
    public int OperatorId => History.Entry.Purchase.Instrument.OperatorId;

    /// <summary>
    /// The purchase, for a caller who may see it: operator staff; administrators of who pays, once purchases of its months
    /// are shown.
    /// </summary>
    /// <exception cref="ProblemException">404: there is none, or it is not the caller's to see. 403 without the right.</exception>
    public static async Task<SeenPurchase> ReadAsync(Call call, LedgerReader ledger, Guid id)
    {
        var (found, now) = await ledger.FindAuthorisationAsync(id, call.Stop);
        var history = found ?? throw Problems.NotFound();
        var operatorId = history.Entry.Purchase.Instrument.OperatorId;
        var payers = await Payer.ReadAsync(call.Db, [history.BillingSnapshotId]);
        var payer = history.BillingSnapshotId is { } key ? payers.GetValueOrDefault(key) : null;
        var reach = payer is null
            ? new AccessScope(call.Principal.StaffOf.Contains(operatorId), Member: null)
            : call.Principal.At(operatorId, payer.OrganisationId);
        reach.RequireSight(payer?.DepartmentId);
        if (!reach.IsStaff)
        {
            var visibility = await PurchaseVisibility.ReadAsync(call.Db, operatorId);
            if (visibility.HiddenUntil(history.CreditMonth) is not null || visibility.HiddenUntil(history.InvoiceMonth) is not null)
            {
                throw Problems.NotFound();
            }
        }

        reach.Require(AdministratorRights.Purchases);
        return new SeenPurchase(history, now, payer, reach);
    }
}
