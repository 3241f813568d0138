using System.Globalization;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.Purchases;
using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Purchases;

/// <summary>
/// What was bought in a month, at once and not first the month after: on a credit, by a traveller, for a department, for an
/// organisation. Who administers departments sees what those pay, and nothing else.
/// </summary>
internal static class AuthorisationLists
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/v1/credit-accounts/{id:guid}/authorisations", OfAccountAsync, "list_authorisations", "credit accounts");
        Map(routes, "/v1/travellers/{id:guid}/authorisations", OfTravellerAsync, "list_authorisations_of_traveller", "purchases");
        Map(routes, "/v1/departments/{id:guid}/authorisations", OfDepartmentAsync, "list_authorisations_of_department", "purchases");
        Map(routes, "/v1/organisations/{id:guid}/authorisations", OfOrganisationAsync, "list_authorisations_of_organisation", "purchases");
    }

    private static void Map(IEndpointRouteBuilder routes, string pattern, Delegate handler, string name, string tag) =>
        routes.MapGet(pattern, handler).WithName(name).WithTags(tag)
            .Answers<HideablePage<AuthorisationView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);

    private static async Task<Reply> OfAccountAsync(
        Call call, LedgerReader ledger, Guid id, [AsParameters] PageQuery page, [FromQuery] CreditMonth? month)
    {
        var (row, scope) = await AccountRow.GetVisibleOrRemovedAsync(call.Work, id);
        // What earlier holders bought on a card is not theirs to see: it is on another account.
        return await ListAsync(
            call, ledger, scope, new PaidBy(row.OperatorId, row.OrganisationId) { AccountId = id }, page, month);
    }

    private static async Task<Reply> OfTravellerAsync(
        Call call, LedgerReader ledger, Guid id, [AsParameters] PageQuery page, [FromQuery] CreditMonth? month)
    {
        var (row, scope) = await TravellerRow.GetVisibleOrRemovedAsync(call.Work, id);
        return await ListAsync(
            call, ledger, scope, new PaidBy(row.OperatorId, row.OrganisationId) { TravellerId = id }, page, month);
    }

    private static async Task<Reply> OfDepartmentAsync(
        Call call, LedgerReader ledger, Guid id, [AsParameters] PageQuery page, [FromQuery] CreditMonth? month)
    {
        var (row, scope) = await DepartmentRow.GetVisibleAsync(call.Work, id);
        return await ListAsync(
            call, ledger, scope, new PaidBy(row.OperatorId, row.OrganisationId) { Departments = [id] }, page, month);
    }

    private static async Task<Reply> OfOrganisationAsync(
        Call call, LedgerReader ledger, Guid id, [AsParameters] PageQuery page, [FromQuery] CreditMonth? month)
    {
        var (row, scope) = await OrganisationRow.GetVisibleAsync(call.Work, id);
        return await ListAsync(call, ledger, scope, new PaidBy(row.OperatorId, id), page, month);
    }

    private static async Task<Reply> ListAsync(
        Call call, LedgerReader ledger, AccessScope scope, PaidBy by, PageQuery page, CreditMonth? month)
    {
        scope.Require(AdministratorRights.Purchases);
        var visibility = await PurchaseVisibility.ReadAsync(call.Db, by.OperatorId);
        var asked = month ?? visibility.Current;
        var after = After(page);
        if (!scope.IsStaff && visibility.HiddenUntil(asked) is { } day)
        {
            return Reply.Ok(HideablePage<AuthorisationView>.Until(day));
        }

        var found = await ledger.ListPaidAsync(
            by with { Departments = by.Departments ?? scope.ListedDepartments }, asked, after, page.Size + 1, call.Stop);
        var shown = Page<AuthorisationHistory>.Of(found, page.Size, one => one, Position);
        // What was reported after its month was closed is seen with the month on whose invoice it stands; the page is shorter then.
        var seen = scope.IsStaff
            ? shown.Items : [.. shown.Items.Where(one => visibility.HiddenUntil(one.InvoiceMonth) is null)];
        var payers = await Payer.ReadAsync(call.Db, seen.Select(one => one.BillingSnapshotId));
        var terms = await OperatorTerms.GetAsync(call.Db, by.OperatorId);
        var now = await ControlDatabase.NowAsync(call.Db);
        return Reply.Ok(new HideablePage<AuthorisationView>(
            [.. seen.Select(one => AuthorisationView.Of(one, PayerOf(one), terms.Currency, now))], shown.NextPageToken));

        Payer? PayerOf(AuthorisationHistory one) => one.BillingSnapshotId is { } id ? payers.GetValueOrDefault(id) : null;
    }

    private static string Position(AuthorisationHistory last) => string.Create(
        CultureInfo.InvariantCulture, $"{last.Entry.DecidedAt.UtcTicks} {last.Entry.Purchase.Id:N}");

    private static ListPosition After(PageQuery page)
    {
        if (page.AfterText is not { } text)
        {
            return ListPosition.Start;
        }

        var parts = text.Split(' ');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTime.MaxValue.Ticks && Guid.TryParseExact(parts[1], "N", out var id)
                ? new ListPosition(new DateTimeOffset(ticks, TimeSpan.Zero), id)
                : page.Wrong<ListPosition>();
    }
}
