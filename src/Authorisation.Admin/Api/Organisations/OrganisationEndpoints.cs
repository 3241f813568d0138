using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Organisations;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>Organisations: the list, one of them, changing one, suspending one and lifting that.</summary>
internal static class OrganisationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/organisations", ListAsync).WithName("list_organisations").WithTags("organisations")
            .Answers<Page<OrganisationView>>(StatusCodes.Status200OK);
        routes.MapGet("/v1/organisations/{id:guid}", GetAsync).WithName("get_organisation").WithTags("organisations")
            .Answers<OrganisationView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPatch("/v1/organisations/{id:guid}", ChangeAsync).WithName("change_organisation").WithTags("organisations")
            .Answers<OrganisationView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        Decision(routes.MapPost("/v1/organisations/{id:guid}/suspension", SuspendAsync), "suspend_organisation");
        Decision(routes.MapPost("/v1/organisations/{id:guid}/reinstatement", ReinstateAsync), "reinstate_organisation");
    }

    /// <summary>Describes a call that decides how an organisation stands.</summary>
    internal static void Decision(RouteHandlerBuilder route, string name) => route.WithName(name).WithTags("organisations")
        .Answers<OrganisationView>(
            StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
            StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed,
            StatusCodes.Status422UnprocessableEntity,
            StatusCodes.Status429TooManyRequests);

    private static async Task<Reply> ListAsync(
        Call call,
        ListOrganisations list,
        [AsParameters] PageQuery page,
        [FromQuery, AllowedValues("applied", "active", "suspended", "refused", "joined")] string? status,
        [FromQuery] string? q)
    {
        var rows = await list.RunAsync(call.Work, new OrganisationFilter(status, q), page.OfIds);
        return Reply.Ok(Page<OrganisationView>.Of(rows, page.Size, OrganisationView.Of, row => row.Id));
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await OrganisationRow.GetVisibleAsync(call.Work, id);
        return Reply.Ok(OrganisationView.Of(row), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(
        Call call, ChangeOrganisation change, Guid id, Body<OrganisationChange> body)
    {
        var row = await change.RunAsync(call.Work, id, call.Request(body, sent => new ChangeOrganisationRequest(
            body.Sent("name", sent.Name),
            body.Sent("organisation_number", sent.OrganisationNumber),
            body.Sent("contact", Contact.Details(sent.Contact)),
            body.Sent("billing_address", sent.BillingAddress),
            body.Sent("e_invoice_address", sent.EInvoiceAddress),
            body.Sent("vat_number", sent.VatNumber),
            body.Sent("billing_reference", sent.BillingReference),
            body.Sent("cap_minor", sent.CapMinor))));
        return Reply.Ok(OrganisationView.Of(row), row.Revision);
    }

    private static async Task<Reply> SuspendAsync(Call call, SuspendOrganisation suspend, Guid id)
    {
        var row = await suspend.RunAsync(call.Work, id, call.Request());
        return Reply.Ok(OrganisationView.Of(row), row.Revision);
    }

    private static async Task<Reply> ReinstateAsync(Call call, ReinstateOrganisation reinstate, Guid id)
    {
        var row = await reinstate.RunAsync(call.Work, id, call.Request());
        return Reply.Ok(OrganisationView.Of(row), row.Revision);
    }
}
