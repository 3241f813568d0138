using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Invitations;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Administrators;

/// <summary>The acceptance of an invitation.</summary>
/// <param name="Password">The password that is chosen, or that the person has already.</param>
internal sealed record Acceptance([Required, MaxLength(Limits.PasswordCharactersMax)] string? Password);

/// <summary>Accepting an invitation, once within seven days; the token in the link is the right to do so.</summary>
internal static class InvitationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/invitations/{token}", AcceptAsync).WithName("accept_invitation").WithTags("administrators").Open()
            .AnswersNothing(
                StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status429TooManyRequests);

    private static async Task<Reply> AcceptAsync(
        Call call, AcceptInvitation accept, string token, Body<Acceptance> body)
    {
        var outcome = await accept.RunAsync(call.Work, token, call.Request(body, sent => sent.Password));
        var fields = new Fields();
        fields.AddPasswordFault("password", outcome.Fault);
        fields.ThrowIfAny();
        return outcome.IsWrong
            ? Reply.Refusal(Problems.Field("password", FieldCode.NotPossible, "must be the one that you have already"))
            : Reply.NoContent();
    }
}
