using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Trips;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Dapper;

namespace Authorisation.Billing.Purchases;

/// <summary>Which purchases are asked for.</summary>
/// <param name="Month">Of which month; the current one unless given.</param>
/// <param name="AfterId">The purchase that the part begins after; nil for the first part.</param>
/// <param name="Size">How many it has at most.</param>
internal sealed record PurchasesRequest(CreditMonth? Month, Guid AfterId, int Size);

/// <summary>A part of a list of purchases.</summary>
/// <param name="Items">
/// The purchases. They are fewer than the part has where some are on the invoice of a month that is still hidden.
/// </param>
/// <param name="Last">
/// The last one of the part, seen or not, behind which the next part begins; null at the end.
/// </param>
/// <param name="Payers">Those who pay, by their billing snapshots.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Now">The database's clock.</param>
/// <param name="Sight">What the principal sees of the trips.</param>
/// <param name="HiddenUntil">The operator's day from which the month is shown; null when it is shown.</param>
internal sealed record PurchaseList(
    IReadOnlyList<AuthorisationHistory> Items,
    AuthorisationHistory? Last,
    IReadOnlyDictionary<long, Payer> Payers,
    string Currency,
    DateTimeOffset Now,
    TripSight Sight,
    DateOnly? HiddenUntil = null)
{
    /// <summary>The payer of a purchase; null for one that is on no account.</summary>
    public Payer? PayerOf(AuthorisationHistory purchase) =>
        purchase.BillingSnapshotId is { } id ? Payers.GetValueOrDefault(id) : null;
}

/// <summary>
/// Lists what was bought in a month, at once and not first the month after: on a credit, by a traveller, for a
/// department, for an organisation. An administrator of departments sees what those pay, a traveller the own, and nothing
/// else.
/// </summary>
internal sealed class ListPurchases(LedgerReader ledger)
{
    /// <summary>
    /// What was bought on a credit. What earlier holders bought on a card is not to be seen: it is on another account.
    /// </summary>
    /// <exception cref="RefusedException">The credit is not seen, or the right to purchases is missing.</exception>
    public async Task<PurchaseList> OfCreditAsync(UnitOfWork work, Guid id, PurchasesRequest request)
    {
        var (row, scope) = await AccountRow.GetVisibleOrRemovedAsync(work, id);
        return await ListAsync(
            work, scope, new PaidBy(row.OperatorId, row.OrganisationId) { AccountId = id }, row.TravellerId, request);
    }

    /// <summary>What a traveller bought.</summary>
    /// <exception cref="RefusedException">The traveller is not seen, or the right to purchases is missing.</exception>
    public async Task<PurchaseList> OfTravellerAsync(UnitOfWork work, Guid id, PurchasesRequest request)
    {
        var (row, scope) = await TravellerRow.GetVisibleOrRemovedAsync(work, id);
        return await ListAsync(
            work, scope, new PaidBy(row.OperatorId, row.OrganisationId) { TravellerId = id }, id, request);
    }

    /// <summary>What a department pays for.</summary>
    /// <exception cref="RefusedException">The department is not seen, or the right to purchases is missing.</exception>
    public async Task<PurchaseList> OfDepartmentAsync(UnitOfWork work, Guid id, PurchasesRequest request)
    {
        var (row, scope) = await DepartmentRow.GetVisibleAsync(work, id);
        return await ListAsync(
            work, scope, new PaidBy(row.OperatorId, row.OrganisationId) { Departments = [id] }, null, request);
    }

    /// <summary>What an organisation pays for.</summary>
    /// <exception cref="RefusedException">
    /// The organisation is not seen, or the right to purchases is missing.
    /// </exception>
    public async Task<PurchaseList> OfOrganisationAsync(UnitOfWork work, Guid id, PurchasesRequest request)
    {
        var (row, scope) = await OrganisationRow.GetVisibleAsync(work, id);
        return await ListAsync(work, scope, new PaidBy(row.OperatorId, id), null, request);
    }

    private async Task<PurchaseList> ListAsync(
        UnitOfWork work, AccessScope scope, PaidBy by, Guid? travellerId, PurchasesRequest request)
    {
        scope.RequirePurchasesOf(travellerId);
        var visibility = await PurchaseVisibility.ReadAsync(work.Db, by.OperatorId);
        var terms = await OperatorTerms.GetAsync(work.Db, by.OperatorId);
        var now = await ControlDatabase.NowAsync(work.Db);
        var month = request.Month ?? visibility.Current;
        if (!scope.IsStaff && visibility.HiddenUntil(month) is { } day)
        {
            return new PurchaseList(
                [], Last: null, new Dictionary<long, Payer>(), terms.Currency, now,
                await TripSight.ReadAsync(work.Db, by.OperatorId, scope, []), day);
        }

        var found = await ledger.ListPaidAsync(
            by with { Departments = by.Departments ?? scope.ListedDepartmentsOf(travellerId) },
            month,
            await PositionAsync(work, by.OperatorId, request.AfterId),
            request.Size + 1,
            work.Stop);
        var part = found.Take(request.Size).ToList();
        // What was reported after its month was closed is seen with the month on whose invoice it stands.
        var seen = scope.IsStaff ? part : part.FindAll(one => visibility.HiddenUntil(one.InvoiceMonth) is null);
        var payers = await Payer.ReadAsync(work.Db, seen.Select(one => one.BillingSnapshotId));
        return new PurchaseList(
            seen,
            found.Count > request.Size ? part[^1] : null,
            payers,
            terms.Currency,
            now,
            await TripSight.ReadAsync(work.Db, by.OperatorId, scope, payers.Values.Select(one => (Guid?)one.TravellerId)));
    }

    // A page's token names the purchase and not its moment, which may not be the reader's to see.
    private static async Task<ListPosition> PositionAsync(UnitOfWork work, int operatorId, Guid after)
    {
        if (after == Guid.Empty)
        {
            return ListPosition.Start;
        }

        var decidedAt = await work.Db.QuerySingleOrDefaultAsync<DateTime?>(
            "select decided_at from authorisation where id = @after and operator_id = @operatorId", new { after, operatorId });
        return decidedAt is { } at
            ? new ListPosition(new DateTimeOffset(at, TimeSpan.Zero), after)
            : throw Problems.Field("page_token", FieldCode.Malformed, "is not one that a page gave");
    }
}
