using Authorisation.Admin.Web;
using Authorisation.Administration.Subscriptions;
using Authorisation.Administration.Work;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Subscriptions;

/// <summary>Subscriptions, for administrators; reading one and ending it also for the employee.</summary>
internal static class SubscriptionEndpoints
{
    private const string Tag = "subscriptions";
    private const string OfOrganisation = "/v1/organisations/{id:guid}/subscriptions";
    private const string One = "/v1/subscriptions/{id:guid}";
    private const string Settings = "/v1/organisations/{id:guid}/subscription-settings";
    private const string Link = "/v1/organisations/{id:guid}/order-link";

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapSettings(routes);
        routes.MapGet(OfOrganisation, ListAsync).WithName("list_subscriptions").WithTags(Tag)
            .Answers<Page<SubscriptionView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/travellers/{id:guid}/subscriptions", ListForAsync).WithName("list_subscriptions_of").WithTags(Tag)
            .Answers<Page<SubscriptionView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapPost(OfOrganisation, AddAsync).WithName("add_subscription").WithTags(Tag)
            .Answers<SubscriptionView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet(One, GetAsync).WithName("get_subscription").WithTags(Tag)
            .Answers<SubscriptionView>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        MapChange(routes.MapPost(One + "/approval", ApproveAsync).WithName("approve_subscription"), StatusCodes.Status422UnprocessableEntity);
        MapChange(routes.MapPost(One + "/refusal", RefuseAsync).WithName("refuse_subscription"), StatusCodes.Status422UnprocessableEntity);
        MapChange(routes.MapPut(One + "/product", ChangeProductAsync).WithName("change_subscription_product"));
        MapChange(routes.MapPost(One + "/end", EndAsync).WithName("end_subscription"), StatusCodes.Status422UnprocessableEntity);
    }

    private static void MapSettings(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Settings, GetSettingsAsync).WithName("get_subscription_settings").WithTags(Tag)
            .Answers<SubscriptionSettingsView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapPut(Settings, SetSettingsAsync).WithName("set_subscription_settings").WithTags(Tag)
            .Answers<SubscriptionSettingsView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status412PreconditionFailed);
        routes.MapGet(Link, GetLinkAsync).WithName("get_order_link").WithTags(Tag)
            .Answers<OrderLinkView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapPost(Link, RenewLinkAsync).WithName("renew_order_link").WithTags(Tag)
            .Answers<OrderLinkView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapDelete(Link, RevokeLinkAsync).WithName("revoke_order_link").WithTags(Tag)
            .AnswersNothing(StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static void MapChange(RouteHandlerBuilder route, params int[] others) => route.WithTags(Tag).Answers<SubscriptionView>(
        StatusCodes.Status200OK,
        [
            StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
            StatusCodes.Status412PreconditionFailed, .. others,
        ]);

    private static async Task<Reply> GetSettingsAsync(Call call, GetSubscriptionSettings get, Guid id) =>
        Shown(await get.RunAsync(call.Work, id));

    private static async Task<Reply> SetSettingsAsync(
        Call call, SetSubscriptionSettings set, Guid id, Body<SubscriptionSettingsBody> body) =>
        Shown(await set.RunAsync(call.Work, id, call.Request(body, sent => sent.ToRequest())));

    private static async Task<Reply> GetLinkAsync(Call call, GetOrderLink get, Guid id)
    {
        var link = await get.RunAsync(call.Work, id);
        return Reply.Ok(new OrderLinkView(link.Token, link.MadeAt));
    }

    private static async Task<Reply> RenewLinkAsync(Call call, RenewOrderLink renew, Guid id)
    {
        var link = await renew.RunAsync(call.Work, id);
        return Reply.Created($"/v1/organisations/{id}/order-link", new OrderLinkView(link.Token, link.MadeAt)) with { HoldsSecret = true };
    }

    private static async Task<Reply> RevokeLinkAsync(Call call, RevokeOrderLink revoke, Guid id)
    {
        await revoke.RunAsync(call.Work, id);
        return Reply.NoContent();
    }

    private static async Task<Reply> ListAsync(
        Call call, ListSubscriptions list, Guid id, [AsParameters] PageQuery page, [FromQuery, WordsOf<SubscriptionState>] string? state,
        [FromQuery(Name = "department_id")] Guid? departmentId)
    {
        var filter = new SubscriptionFilter(state is null ? null : Words.Read<SubscriptionState>(state), departmentId);
        var rows = await list.RunAsync(call.Work, id, filter, page.OfIds);
        return Reply.Ok(Page<SubscriptionView>.Of(rows, page.Size, SubscriptionView.Of, row => row.Id));
    }

    private static async Task<Reply> ListForAsync(Call call, ListSubscriptions list, Guid id, [AsParameters] PageQuery page) =>
        Reply.Ok(Page<SubscriptionView>.Of(
            await list.RunForAsync(call.Work, id, page.OfIds), page.Size, SubscriptionView.Of, row => row.Id));

    private static async Task<Reply> AddAsync(Call call, AddSubscription add, Guid id, Body<AddSubscriptionBody> body)
    {
        var row = await add.RunAsync(call.Work, id, call.Request(body, sent => sent.ToRequest()));
        return Reply.Created("/v1/subscriptions/" + row.Id, SubscriptionView.Of(row), row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id) => Shown(await SubscriptionRow.GetVisibleAsync(call.Work, id));

    private static async Task<Reply> ApproveAsync(Call call, ApproveSubscription approve, Guid id) =>
        Shown(await approve.RunAsync(call.Work, id, call.Request()));

    private static async Task<Reply> RefuseAsync(
        Call call, RefuseSubscription refuse, Guid id, Body<SubscriptionRefusalBody> body) =>
        Shown(await refuse.RunAsync(call.Work, id, call.Request(body, sent => sent.Reason)));

    private static async Task<Reply> ChangeProductAsync(
        Call call, ChangeSubscriptionProduct change, Guid id, Body<SubscriptionProductBody> body) =>
        Shown(await change.RunAsync(call.Work, id, call.Request(body, sent => sent.Product)));

    private static async Task<Reply> EndAsync(Call call, EndSubscription end, Guid id) =>
        Shown(await end.RunAsync(call.Work, id, call.Request()));

    private static Reply Shown(SubscriptionRow row) => Reply.Ok(SubscriptionView.Of(row), row.Revision);

    private static Reply Shown(SubscriptionSettings settings) =>
        Reply.Ok(SubscriptionSettingsView.Of(settings), settings.Revision);
}
