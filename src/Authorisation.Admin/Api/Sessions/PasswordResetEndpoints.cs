using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Sessions;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>The person who wants to choose another password.</summary>
/// <param name="Email">The e-mail address that the person signs in with.</param>
internal sealed record PasswordResetRequest([Required, MaxLength(Limits.EmailCharactersMax)] string? Email);

/// <summary>The password that is chosen.</summary>
/// <param name="Password">Several words, or what a password manager makes.</param>
internal sealed record ChosenPassword(
    [Required, MinLength(Limits.PasswordCharactersMin), MaxLength(Limits.PasswordCharactersMax)] string? Password);

/// <summary>Choosing a new password by a mailed link, for those who have forgotten theirs.</summary>
internal static class PasswordResetEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/password-resets", AskAsync).WithName("ask_for_password_reset").WithTags("sessions").Open()
            .AnswersNothing(StatusCodes.Status429TooManyRequests, StatusCodes.Status422UnprocessableEntity);
        routes.MapPost("/v1/password-resets/{token}", ChooseAsync).WithName("reset_password").WithTags("sessions").Open()
            .AnswersNothing(
                StatusCodes.Status404NotFound, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Reply> AskAsync(Call call, AskForPasswordReset ask, Body<PasswordResetRequest> body)
    {
        await ask.RunAsync(call.Work, call.Request(body, sent => sent.Email));
        return Reply.NoContent();
    }

    private static async Task<Reply> ChooseAsync(
        Call call, string token, ResetPassword reset, Body<ChosenPassword> body)
    {
        await reset.RunAsync(call.Work, token, call.Request(body, sent => sent.Password));
        return Reply.NoContent();
    }
}
