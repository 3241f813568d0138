using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Travellers;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>How a traveller is told what was decided; at least one of them is true.</summary>
/// <param name="Email">By e-mail.</param>
/// <param name="Sms">By SMS, which takes a mobile number that the operator sends to.</param>
internal sealed record Notifications([Required] bool? Email, [Required] bool? Sms);

/// <summary>The travellers' own access: the invitation to sign in, and what they choose there.</summary>
internal static class TravellerAccessEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/travellers/{id:guid}/invitations", InviteAsync).WithName("invite_traveller").WithTags("travellers")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
        routes.MapGet("/v1/travellers/{id:guid}/notifications", GetAsync).WithName("get_notifications").WithTags("travellers")
            .Answers<Notifications>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPut("/v1/travellers/{id:guid}/notifications", ChooseAsync).WithName("choose_notifications").WithTags("travellers")
            .Answers<Notifications>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
    }

    private static async Task<Reply> InviteAsync(Call call, InviteTraveller invite, Guid id)
    {
        await invite.RunAsync(call.Work, id);
        return Reply.NoContent();
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        await TravellerRow.GetVisibleAsync(call.Work, id);
        return Shown(await NotificationChoice.GetAsync(call.Db, id));
    }

    private static async Task<Reply> ChooseAsync(Call call, ChooseNotifications choose, Guid id, Body<Notifications> body) =>
        Shown(await choose.RunAsync(call.Work, id, call.Request(body, sent =>
            new ChooseNotificationsRequest(sent.Email, sent.Sms))));

    private static Reply Shown(NotificationChoice choice) => Reply.Ok(new Notifications(choice.ByEmail, choice.BySms));
}
