using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Administrators;

/// <summary>The acceptance of an invitation.</summary>
/// <param name="Password">The password that is chosen, or that the person has already.</param>
internal sealed record Acceptance([Required, MaxLength(Limits.PasswordCharactersMax)] string? Password);

/// <summary>Accepting an invitation, once within seven days; the token in the link is the right to do so.</summary>
internal static class AcceptInvitation
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/invitations/{token}", AcceptAsync).WithName("accept_invitation").WithTags("administrators").Open()
            .AnswersNothing(
                StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status429TooManyRequests);

    private static async Task<Reply> AcceptAsync(
        Call call, string token, SignIns signIns, Passwords passwords, Body<Acceptance> body)
    {
        var invitation = await Invitation.FindAsync(call.Db, token, forUse: true) ?? throw Problems.NotFound();
        var fields = new Fields();
        var password = fields.PresentPassword("password", body.Value.Password);
        fields.ThrowIfAny();
        var outcome = await invitation.AcceptAsync(call.Work, token, password, signIns, passwords);
        fields.AddPasswordFault("password", outcome.Fault);
        fields.ThrowIfAny();
        return outcome.IsWrong
            ? Reply.Refusal(Problems.Field("password", FieldCode.NotPossible, "must be the one that you have already"))
            : Reply.NoContent();
    }
}
