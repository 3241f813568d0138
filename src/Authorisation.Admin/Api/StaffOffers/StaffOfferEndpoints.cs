using Authorisation.Admin.Web;
using Authorisation.Administration.StaffOffers;
using Authorisation.Administration.Work;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.StaffOffers;

/// <summary>Staff offers: what an employer offers, who applied, and what was decided.</summary>
internal static class StaffOfferEndpoints
{
    private const string Tag = "staff offers";
    private const string One = "/v1/staff-offers/{id:guid}";
    private const string Application = "/v1/staff-applications/{id:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/staff-offers", MakeAsync).WithName("make_staff_offer").WithTags(Tag)
            .Answers<StaffOfferView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/organisations/{id:guid}/staff-offers", ListAsync).WithName("list_staff_offers").WithTags(Tag)
            .Answers<Page<StaffOfferView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/travellers/{id:guid}/staff-offers", ListForAsync).WithName("list_staff_offers_for").WithTags(Tag)
            .Answers<Page<StaffOfferView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapGet(One, GetAsync).WithName("get_staff_offer").WithTags(Tag)
            .Answers<StaffOfferView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapDelete(One, CloseAsync).WithName("close_staff_offer").WithTags(Tag)
            .AnswersNothing(StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        MapApplications(routes);
    }

    private static void MapApplications(IEndpointRouteBuilder routes)
    {
        routes.MapPost(One + "/applications", ApplyAsync).WithName("apply_for_staff_offer").WithTags(Tag)
            .Answers<StaffApplicationView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/organisations/{id:guid}/staff-applications", ListApplicationsAsync).WithName("list_staff_applications").WithTags(Tag)
            .Answers<Page<StaffApplicationView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/travellers/{id:guid}/staff-applications", ListApplicationsForAsync).WithName("list_staff_applications_of")
            .WithTags(Tag).Answers<Page<StaffApplicationView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapGet(Application, GetApplicationAsync).WithName("get_staff_application").WithTags(Tag)
            .Answers<StaffApplicationView>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        MapDecision(routes.MapPost(Application + "/approval", ApproveAsync).WithName("approve_staff_application"));
        MapDecision(routes.MapPost(Application + "/refusal", RefuseAsync).WithName("refuse_staff_application"));
        MapDecision(routes.MapPost(Application + "/withdrawal", WithdrawAsync).WithName("withdraw_staff_application"));
    }

    private static void MapDecision(RouteHandlerBuilder route) => route.WithTags(Tag).Answers<StaffApplicationView>(
        StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
        StatusCodes.Status412PreconditionFailed, StatusCodes.Status422UnprocessableEntity);

    private static async Task<Reply> MakeAsync(Call call, MakeStaffOffer make, Body<StaffOfferBody> body)
    {
        var row = await make.RunAsync(call.Work, call.Request(body, sent => new StaffOfferRequest(
            sent.OrganisationId, sent.Product, sent.Months, sent.EmployerPercent, sent.EmployerMinor)));
        return Reply.Created("/v1/staff-offers/" + row.Id, StaffOfferView.Of(row));
    }

    private static async Task<Reply> ListAsync(Call call, ListStaffOffers list, Guid id, [AsParameters] PageQuery page) =>
        Reply.Ok(Page<StaffOfferView>.Of(
            await list.RunAsync(call.Work, id, page.OfIds), page.Size, StaffOfferView.Of, row => row.Id));

    private static async Task<Reply> ListForAsync(Call call, ListStaffOffers list, Guid id, [AsParameters] PageQuery page) =>
        Reply.Ok(Page<StaffOfferView>.Of(
            await list.RunForAsync(call.Work, id, page.OfIds), page.Size, StaffOfferView.Of, row => row.Id));

    private static async Task<Reply> GetAsync(Call call, Guid id) =>
        Reply.Ok(StaffOfferView.Of((await StaffOfferRow.GetVisibleAsync(call.Work, id)).Row));

    private static async Task<Reply> CloseAsync(Call call, CloseStaffOffer close, Guid id)
    {
        await close.RunAsync(call.Work, id);
        return Reply.NoContent();
    }

    private static async Task<Reply> ApplyAsync(Call call, ApplyForStaffOffer apply, Guid id, Body<StaffApplicationBody> body)
    {
        var row = await apply.RunAsync(call.Work, id, call.Request(body, sent =>
            new StaffApplicationRequest(sent.TravellerId, sent.Bearer?.ToRequest())));
        return Reply.Created("/v1/staff-applications/" + row.Id, StaffApplicationView.Of(row), row.Revision);
    }

    private static async Task<Reply> ListApplicationsAsync(
        Call call, ListStaffApplications list, Guid id, [AsParameters] PageQuery page,
        [FromQuery, WordsOf<StaffApplicationState>] string? state)
    {
        StaffApplicationState? asked = state is null ? null : Words.Read<StaffApplicationState>(state);
        return Reply.Ok(Page<StaffApplicationView>.Of(
            await list.RunAsync(call.Work, id, asked, page.OfIds), page.Size, StaffApplicationView.Of, row => row.Id));
    }

    private static async Task<Reply> ListApplicationsForAsync(
        Call call, ListStaffApplications list, Guid id, [AsParameters] PageQuery page) =>
        Reply.Ok(Page<StaffApplicationView>.Of(
            await list.RunForAsync(call.Work, id, page.OfIds), page.Size, StaffApplicationView.Of, row => row.Id));

    private static async Task<Reply> GetApplicationAsync(Call call, Guid id) =>
        Shown(await StaffApplicationRow.GetVisibleAsync(call.Work, id));

    private static async Task<Reply> ApproveAsync(Call call, ApproveStaffApplication approve, Guid id) =>
        Shown(await approve.RunAsync(call.Work, id, call.Request()));

    private static async Task<Reply> RefuseAsync(Call call, RefuseStaffApplication refuse, Guid id, Body<StaffRefusalBody> body) =>
        Shown(await refuse.RunAsync(call.Work, id, call.Request(body, sent => sent.Reason)));

    private static async Task<Reply> WithdrawAsync(Call call, WithdrawStaffApplication withdraw, Guid id) =>
        Shown(await withdraw.RunAsync(call.Work, id, call.Request()));

    private static Reply Shown(StaffApplicationRow row) => Reply.Ok(StaffApplicationView.Of(row), row.Revision);
}
