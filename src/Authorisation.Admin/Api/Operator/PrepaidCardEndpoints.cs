using Authorisation.Admin.Web;
using Authorisation.Administration.Cards;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A card, named in the body: card numbers never stand in an address.</summary>
internal sealed record CardBody(string? Operator, string? CardNumber);

/// <summary>A card that carries prepaid tickets.</summary>
internal sealed record PrepaidCardView(string Operator, string CardNumber);

/// <summary>
/// Cards with prepaid tickets on them, as the ticket system tells: a card has credit or tickets, not both.
/// </summary>
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

    private static async Task<Reply> MarkAsync(Call call, MarkPrepaidCard mark, Body<CardBody> body)
    {
        var card = await mark.RunAsync(call.Work, Request(call, body));
        return Reply.Ok(new PrepaidCardView(card.Operator, card.CardNumber));
    }

    private static async Task<Reply> UnmarkAsync(Call call, UnmarkPrepaidCard unmark, Body<CardBody> body)
    {
        await unmark.RunAsync(call.Work, Request(call, body));
        return Reply.NoContent();
    }

    private static Request<PrepaidCardRequest> Request(Call call, Body<CardBody> body) =>
        call.Request(body, sent => new PrepaidCardRequest(sent.Operator, sent.CardNumber));
}
