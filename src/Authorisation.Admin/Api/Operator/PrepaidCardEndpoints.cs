using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A card, named in the body: card numbers never stand in an address.</summary>
internal sealed record CardBody(string? Operator, string? CardNumber);

/// <summary>A card that carries prepaid tickets.</summary>
internal sealed record PrepaidCardView(string Operator, string CardNumber);

/// <summary>Cards with prepaid tickets on them, as the ticket system tells: a card has credit or tickets, not both.</summary>
internal static class PrepaidCardEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/prepaid-cards", MarkAsync).WithName("mark_prepaid_card").WithTags("prepaid cards")
            .Answers<PrepaidCardView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
        routes.MapDelete("/v1/prepaid-cards", UnmarkAsync).WithName("unmark_prepaid_card").WithTags("prepaid cards")
            .AnswersNothing(StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
    }

    private static async Task<Reply> MarkAsync(Call call, Body<CardBody> body)
    {
        var (operatorId, code, card) = await ReadAsync(call, body);
        // The operator's row stands for its marks: who gives a credit shares it, so that the two do not miss each other.
        await call.Db.ExecuteAsync("select from operator where id = @operatorId for no key update", new { operatorId });
        if (await call.Db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from credit_account where operator_id = @operatorId and card_number = @card and removed_at is null)
            """,
            new { operatorId, card }))
        {
            throw new RefusedException(ProblemCode.HasCredit, "The card has credit, so it cannot carry tickets.");
        }

        var view = new PrepaidCardView(code, card);
        var marked = await call.Db.ExecuteAsync(
            "insert into prepaid_card (operator_id, card_number) values (@operatorId, @card) on conflict do nothing",
            new { operatorId, card });
        if (marked > 0)
        {
            await call.Work.AuditAsync("prepaid_card.marked", Subject(card), operatorId, after: view);
        }

        return Reply.Ok(view);
    }

    private static async Task<Reply> UnmarkAsync(Call call, Body<CardBody> body)
    {
        var (operatorId, code, card) = await ReadAsync(call, body);
        if (await call.Db.ExecuteAsync(
            "delete from prepaid_card where operator_id = @operatorId and card_number = @card", new { operatorId, card }) == 0)
        {
            throw Problems.NotFound();
        }

        await call.Work.AuditAsync(
            "prepaid_card.unmarked", Subject(card), operatorId, before: new PrepaidCardView(code, card));
        return Reply.NoContent();
    }

    private static async Task<(int OperatorId, string Code, string Card)> ReadAsync(Call call, Body<CardBody> body)
    {
        StaffOperators.RequireAny(call.Work);
        var fields = new Fields();
        var terms = await StaffOperators.NamedAsync(call.Work, fields, body.Value.Operator);
        var card = fields.CardNumber("card_number", body.Value.CardNumber);
        fields.ThrowIfAny();
        return (terms!.Id, terms.Code, card);
    }

    // The trail is asked for by its subjects, in the address.
    private static string Subject(string card) => "card:…" + card[^4..];
}
