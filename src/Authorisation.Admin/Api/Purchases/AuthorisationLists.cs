using Authorisation.Admin.Web;
using Authorisation.Billing.Purchases;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Purchases;

/// <summary>
/// What was bought in a month, at once and not first the month after: on a credit, by a traveller, for a department,
/// for an organisation. An administrator of departments sees what those pay, and nothing else.
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
        Call call, ListPurchases list, Guid id, [AsParameters] PageQuery page, [FromQuery] CreditMonth? month) =>
        Shown(await list.OfCreditAsync(call.Work, id, Asked(page, month)));

    private static async Task<Reply> OfTravellerAsync(
        Call call, ListPurchases list, Guid id, [AsParameters] PageQuery page, [FromQuery] CreditMonth? month) =>
        Shown(await list.OfTravellerAsync(call.Work, id, Asked(page, month)));

    private static async Task<Reply> OfDepartmentAsync(
        Call call, ListPurchases list, Guid id, [AsParameters] PageQuery page, [FromQuery] CreditMonth? month) =>
        Shown(await list.OfDepartmentAsync(call.Work, id, Asked(page, month)));

    private static async Task<Reply> OfOrganisationAsync(
        Call call, ListPurchases list, Guid id, [AsParameters] PageQuery page, [FromQuery] CreditMonth? month) =>
        Shown(await list.OfOrganisationAsync(call.Work, id, Asked(page, month)));

    private static PurchasesRequest Asked(PageQuery page, CreditMonth? month) => new(month, page.AfterId, page.Size);

    private static Reply Shown(PurchaseList found) => Reply.Ok(found.HiddenUntil is { } day
        ? HideablePage<AuthorisationView>.Until(day)
        : new HideablePage<AuthorisationView>(
            [.. found.Items.Select(one => AuthorisationView.Of(one, found.PayerOf(one), found.Currency, found.Now, found.Sight))],
            found.Last is { } last ? PageQuery.TokenOf(last.Entry.Purchase.Id.ToString("N")) : null));
}
