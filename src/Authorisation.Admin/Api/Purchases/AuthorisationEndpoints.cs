using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Billing.Purchases;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Purchases;

/// <summary>A refund of operator staff.</summary>
/// <param name="OperationId">
/// A UUID of the caller's own, which a retry repeats; the Idempotency-Key unless given.
/// </param>
/// <param name="AmountMinor">In minor units, at most what has not been refunded yet; all of that unless given.</param>
/// <param name="Reason">The reason; every reader of the purchase sees it.</param>
internal sealed record RefundBody(
    Guid? OperationId,
    [Range(Limits.AmountMinorMin, Limits.AmountMinorMax)] long? AmountMinor,
    [Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>A void of operator staff.</summary>
/// <param name="OperationId">
/// A UUID of the caller's own, which a retry repeats; the Idempotency-Key unless given.
/// </param>
/// <param name="Reason">The reason; every reader of the purchase sees it.</param>
internal sealed record VoidBody(Guid? OperationId, [Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>What operator staff did to a purchase.</summary>
/// <param name="Operation">What was recorded, now or the first time.</param>
/// <param name="Authorisation">The purchase as it is after that.</param>
/// <param name="Replayed">True when this operation had been done before.</param>
internal sealed record OperationDone(OperationView Operation, AuthorisationView Authorisation, bool Replayed);

/// <summary>One purchase, and what operator staff may do to it.</summary>
internal static class AuthorisationEndpoints
{
    private const string Tag = "purchases";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/authorisations/{id:guid}", GetAsync).WithName("get_authorisation").WithTags(Tag)
            .Answers<AuthorisationView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/authorisations/{id:guid}/refunds", RefundAsync).WithName("refund_authorisation").WithTags(Tag)
            .Answers<OperationDone>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status503ServiceUnavailable);
        routes.MapPost("/v1/authorisations/{id:guid}/voids", VoidAsync).WithName("void_authorisation").WithTags(Tag)
            .Answers<OperationDone>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Reply> GetAsync(Call call, GetPurchase get, Guid id) =>
        Reply.Ok(AuthorisationView.Of(await get.RunAsync(call.Work, id)));

    private static async Task<Reply> RefundAsync(Call call, RefundPurchase refund, Guid id, Body<RefundBody> body) =>
        Done(await refund.RunAsync(call.Work, id, call.Request(body, sent =>
            new RefundRequest(sent.OperationId ?? KeyOf(call), sent.AmountMinor, sent.Reason))));

    private static async Task<Reply> VoidAsync(Call call, VoidPurchase @void, Guid id, Body<VoidBody> body) =>
        Done(await @void.RunAsync(call.Work, id, call.Request(body, sent =>
            new VoidRequest(sent.OperationId ?? KeyOf(call), sent.Reason))));

    /// <summary>The Idempotency-Key, where it can be the operation's id.</summary>
    private static Guid? KeyOf(Call call) =>
        Guid.TryParseExact(call.Http.Request.Headers[Idempotency.Header], "D", out var key) ? key : null;

    private static Reply Done(OperationDetails done) => Reply.Ok(new OperationDone(
        OperationView.Of(done.Operation, done.Purchase.Names, done.Purchase.Seen), AuthorisationView.Of(done.Purchase), done.IsReplayed));
}
