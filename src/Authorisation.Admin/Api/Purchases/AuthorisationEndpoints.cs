using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Purchases;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Reads;

namespace Authorisation.Admin.Api.Purchases;

/// <summary>A refund of operator staff.</summary>
/// <param name="OperationId">
/// A UUID of the caller's own, which a retry repeats; the Idempotency-Key unless given.
/// </param>
/// <param name="AmountMinor">In minor units, at most what has not been refunded yet; all of that unless given.</param>
/// <param name="Reason">Why; everybody who may read the purchase reads it.</param>
internal sealed record RefundBody(
    Guid? OperationId,
    [Range(Limits.AmountMinorMin, Limits.AmountMinorMax)] long? AmountMinor,
    [Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>A void of operator staff.</summary>
/// <param name="OperationId">
/// A UUID of the caller's own, which a retry repeats; the Idempotency-Key unless given.
/// </param>
/// <param name="Reason">Why; everybody who may read the purchase reads it.</param>
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

    private static async Task<Reply> GetAsync(Call call, LedgerReader ledger, Guid id) =>
        Reply.Ok(await ViewAsync(call, await SeenPurchase.ReadAsync(call.Work, ledger, id)));

    private static async Task<Reply> RefundAsync(
        Call call, LedgerReader ledger, GiveBack giveBack, Guid id, Body<RefundBody> body)
    {
        var seen = await SeeAsStaffAsync(call, ledger, id);
        var sent = body.Value;
        var fields = new Fields();
        var operation = Read(call, fields, OperationKind.Refund, id, sent.OperationId, sent.Reason) with
        {
            AmountMinor = sent.AmountMinor,
        };
        if (sent.AmountMinor is < Limits.AmountMinorMin or > Limits.AmountMinorMax)
        {
            fields.AddOutOfRange("amount_minor", Limits.AmountMinorMin, Limits.AmountMinorMax, " minor units");
        }

        fields.ThrowIfAny();
        return await DoAsync(call, giveBack, seen, operation);
    }

    private static async Task<Reply> VoidAsync(
        Call call, LedgerReader ledger, GiveBack giveBack, Guid id, Body<VoidBody> body)
    {
        var seen = await SeeAsStaffAsync(call, ledger, id);
        var fields = new Fields();
        var operation = Read(call, fields, OperationKind.Void, id, body.Value.OperationId, body.Value.Reason);
        fields.ThrowIfAny();
        return await DoAsync(call, giveBack, seen, operation);
    }

    private static async Task<SeenPurchase> SeeAsStaffAsync(Call call, LedgerReader ledger, Guid id)
    {
        var seen = await SeenPurchase.ReadAsync(call.Work, ledger, id);
        if (!seen.Scope.IsStaff)
        {
            throw Problems.Forbidden("The operator's staff void and refund purchases.");
        }

        return seen;
    }

    private static Operation Read(Call call, Fields fields, OperationKind kind, Guid id, Guid? operationId, string? reason)
    {
        var given = operationId
            ?? (Guid.TryParseExact(call.Http.Request.Headers[Idempotency.Header], "D", out var key) ? key : Guid.Empty);
        if (given == Guid.Empty)
        {
            fields.Add("operation_id", FieldCode.Required, $"is required: a UUID, here or as the {Idempotency.Header}");
        }

        return new Operation
        {
            Id = given,
            AuthorisationId = id,
            Kind = kind,
            By = Actor.Service,
            Staff = GiveBack.PersonOf(call.Work),
            Reason = fields.Required("reason", reason, Limits.ReasonCharactersMax),
        };
    }

    private static async Task<Reply> DoAsync(Call call, GiveBack giveBack, SeenPurchase seen, Operation operation)
    {
        var result = await giveBack.RunAsync(operation, seen.OperatorId, call.Stop);
        var after = seen with { History = result.History!, Now = result.History!.Operations[^1].MadeAt };
        var details = await OperationDetails.ReadAsync(call.Db, after);
        var terms = await OperatorTerms.GetAsync(call.Db, seen.OperatorId);
        return Reply.Ok(new OperationDone(
            OperationView.Of(result.Operation!, details),
            AuthorisationView.Of(after, details, terms.Currency),
            result.Status == CommitStatus.Replayed));
    }

    private static async Task<AuthorisationView> ViewAsync(Call call, SeenPurchase seen)
    {
        var terms = await OperatorTerms.GetAsync(call.Db, seen.OperatorId);
        return AuthorisationView.Of(seen, await OperationDetails.ReadAsync(call.Db, seen), terms.Currency);
    }
}
