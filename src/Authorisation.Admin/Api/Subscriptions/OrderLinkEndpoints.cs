using Authorisation.Admin.Web;
using Authorisation.Administration.Subscriptions;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Api.Subscriptions;

/// <summary>
/// Ordering a subscription by an organisation's link: the form, a code by SMS, and what was ordered with that telephone.
/// </summary>
internal static class OrderLinkEndpoints
{
    private const string Tag = "order links";
    private const string One = "/v1/order-links/{token}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(One, OpenAsync).WithName("open_order_form").WithTags(Tag).Open()
            .Answers<OrderFormView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status429TooManyRequests);
        routes.MapPost(One + "/codes", SendCodeAsync).WithName("send_phone_code").WithTags(Tag).Open()
            .AnswersNothing(
                StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status429TooManyRequests);
        routes.MapPost(One + "/sessions", BeginAsync).WithName("begin_phone_session").WithTags(Tag).Open()
            .Answers<PhoneSessionView>(
                StatusCodes.Status201Created, StatusCodes.Status401Unauthorized, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
        routes.MapGet(One + "/subscriptions", ListAsync).WithName("list_own_subscriptions").WithTags(Tag)
            .Answers<Page<SubscriptionView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost(One + "/subscriptions", OrderAsync).WithName("order_subscription").WithTags(Tag)
            .Answers<SubscriptionView>(
                StatusCodes.Status201Created, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Reply> OpenAsync(Call call, OpenOrderForm open, string token) =>
        Reply.Ok(OrderFormView.Of(await open.RunAsync(call.Work, token)));

    private static async Task<Reply> SendCodeAsync(Call call, SendPhoneCode send, string token, Body<PhoneCodeBody> body)
    {
        await send.RunAsync(call.Work, token, call.Request(body, sent => sent.Mobile));
        return Reply.NoContent();
    }

    private static async Task<Reply> BeginAsync(Call call, BeginPhoneSession begin, string token, Body<PhoneSessionBody> body)
    {
        var begun = await begin.RunAsync(call.Work, token, call.Request(body, sent => new PhoneSessionRequest(sent.Mobile, sent.Code)));
        // A wrong code is counted: that is committed with the refusal.
        return begun is { } session
            ? Reply.Created($"/v1/order-links/{token}/subscriptions", new PhoneSessionView(session.Token, session.ExpiresAt))
                with
            { HoldsSecret = true }
            : Reply.Refusal(new RefusedException(
                ProblemCode.WrongCredentials, "The code is wrong, was used, or is not valid any more: ask for a new one."));
    }

    private static async Task<Reply> ListAsync(Call call, ListSubscriptions list, string token, [AsParameters] PageQuery page)
    {
        var rows = await list.RunAsync(call.Work, token, page.OfIds);
        return Reply.Ok(Page<SubscriptionView>.Of(rows, page.Size, SubscriptionView.Of, row => row.Id));
    }

    private static async Task<Reply> OrderAsync(Call call, OrderSubscription order, string token, Body<SubscriptionOrderBody> body)
    {
        var row = await order.RunAsync(call.Work, token, call.Request(body, sent => sent.ToRequest()));
        return Reply.Created("/v1/subscriptions/" + row.Id, SubscriptionView.Of(row), row.Revision);
    }
}
