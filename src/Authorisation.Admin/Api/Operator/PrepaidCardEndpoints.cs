using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Cards;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A card, named in the body: card numbers are never in an address.</summary>
/// <param name="Operator">
/// The operator's code; a ticket system and staff of one operator only need not say it.
/// </param>
/// <param name="CardNumber">The number on the back of the card, with or without spaces.</param>
internal sealed record CardBody(
    [MaxLength(Limits.OperatorCodeCharactersMax)] string? Operator,
    [Required, MaxLength(Limits.WrittenNumberCharactersMax)] string? CardNumber);

/// <summary>A card that carries prepaid tickets.</summary>
/// <param name="Operator">The operator's code.</param>
/// <param name="CardNumber">The digits of the number on its back.</param>
internal sealed record PrepaidCardView(string Operator, string CardNumber);

/// <summary>
/// Cards with prepaid tickets on them, as the ticket system reports: a card has credit or tickets, not both.
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
