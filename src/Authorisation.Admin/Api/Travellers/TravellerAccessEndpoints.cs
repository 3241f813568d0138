using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Travellers;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>How a traveller gets news of what was decided; at least one of them is true.</summary>
/// <param name="Email">By e-mail.</param>
/// <param name="Sms">By SMS, which takes a mobile number that the operator sends to.</param>
internal sealed record Notifications([Required] bool? Email, [Required] bool? Sms);

/// <summary>What the employer sees of a traveller's trips.</summary>
/// <param name="Visibility">hidden, with_consent of the traveller, or shown; the operator's setting.</param>
/// <param name="GivenAt">Since when the traveller consents; absent: not.</param>
/// <param name="Shown">Whether the employer sees line, stop, zone, vehicle and time of day now.</param>
internal sealed record TripConsentView([WordsOf<TripVisibility>] string Visibility, DateTime? GivenAt, bool Shown)
{
    public static TripConsentView Of(TripConsentDetails details) => new(
        Words.Of(details.Visibility),
        details.GivenAt,
        details.Visibility == TripVisibility.Shown
            || (details.Visibility == TripVisibility.WithConsent && details.GivenAt is not null));
}

/// <summary>The travellers' own access: the invitation to sign in, and what they choose there.</summary>
internal static class TravellerAccessEndpoints
{
    private const string Consent = "/v1/travellers/{id:guid}/trip-consent";

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
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict);
        routes.MapGet(Consent, GetConsentAsync).WithName("get_trip_consent").WithTags("travellers")
            .Answers<TripConsentView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPut(Consent, GiveConsentAsync).WithName("give_trip_consent").WithTags("travellers")
            .Answers<TripConsentView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict);
        routes.MapDelete(Consent, TakeConsentBackAsync).WithName("take_trip_consent_back").WithTags("travellers")
            .Answers<TripConsentView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict);
    }

    private static async Task<Reply> GetConsentAsync(Call call, TripConsent consent, Guid id) =>
        Reply.Ok(TripConsentView.Of(await consent.GetAsync(call.Work, id)));

    private static async Task<Reply> GiveConsentAsync(Call call, TripConsent consent, Guid id) =>
        Reply.Ok(TripConsentView.Of(await consent.SetAsync(call.Work, id, isGiven: true)));

    private static async Task<Reply> TakeConsentBackAsync(Call call, TripConsent consent, Guid id) =>
        Reply.Ok(TripConsentView.Of(await consent.SetAsync(call.Work, id, isGiven: false)));

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
