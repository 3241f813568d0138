using Authorisation.Admin.Web;
using Authorisation.Administration.Sessions;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>Whose password is to be chosen anew.</summary>
internal sealed record PasswordResetRequest(string? Email);

/// <summary>The password that is chosen.</summary>
internal sealed record ChosenPassword(string? Password);

/// <summary>Choosing a new password by a mailed link, for those who have forgotten theirs.</summary>
internal static class PasswordResetEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/password-resets", AskAsync).WithName("ask_for_password_reset").WithTags("sessions").Open()
            .WithDescription("Sends a link to choose a new password, if the address is a person's; the answer is the same if it is not.")
            .AnswersNothing(StatusCodes.Status429TooManyRequests, StatusCodes.Status422UnprocessableEntity);
        routes.MapPost("/v1/password-resets/{token}", ChooseAsync).WithName("reset_password").WithTags("sessions").Open()
            .WithDescription("Chooses a new password with the token of the link, once, within an hour. Every session of the person ends.")
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
