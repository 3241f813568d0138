using Authorisation.Admin.Web;
using Authorisation.Administration.Applications;
using Authorisation.Administration.Organisations;

namespace Authorisation.Admin.Api.Organisations;

/// <summary>Applying to become a customer, which needs no session, and deciding on that.</summary>
internal static class ApplicationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/organisations", ApplyAsync).WithName("apply_for_organisation").WithTags("organisations").Open()
            .Answers<OrganisationView>(
                StatusCodes.Status201Created, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status429TooManyRequests);
        OrganisationEndpoints.Decision(
            routes.MapPost("/v1/organisations/{id:guid}/approval", ApproveAsync), "approve_organisation");
        OrganisationEndpoints.Decision(
            routes.MapPost("/v1/organisations/{id:guid}/refusal", RefuseAsync), "refuse_organisation");
    }

    private static async Task<Reply> ApplyAsync(Call call, ApplyForOrganisation apply, Body<NewOrganisation> body)
    {
        var row = await apply.RunAsync(call.Work, call.Request(body, sent => new ApplyForOrganisationRequest(
            sent.Operator,
            sent.Name,
            sent.OrganisationNumber,
            sent.Contact is { } contact ? new ContactDetails(contact.Name, contact.Email, contact.Phone) : null,
            sent.BillingAddress,
            sent.EInvoiceAddress,
            sent.VatNumber,
            sent.BillingReference)));
        return Reply.Created("/v1/organisations/" + row.Id, OrganisationView.Of(row), row.Revision);
    }

    private static async Task<Reply> ApproveAsync(Call call, ApproveApplication approve, Guid id)
    {
        var row = await approve.RunAsync(call.Work, id, call.Request());
        return Reply.Ok(OrganisationView.Of(row), row.Revision);
    }

    private static async Task<Reply> RefuseAsync(Call call, RefuseApplication refuse, Guid id, Body<Refusal> body)
    {
        var row = await refuse.RunAsync(call.Work, id, call.Request(body, sent => sent.Reason));
        return Reply.Ok(OrganisationView.Of(row), row.Revision);
    }
}
