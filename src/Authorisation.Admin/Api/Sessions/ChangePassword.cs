using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>The password that the caller has, and the one that is wanted.</summary>
/// <param name="CurrentPassword">The password that the caller has.</param>
/// <param name="Password">The password that is wanted: several words, or what a password manager makes.</param>
internal sealed record PasswordChange(
    [Required, MaxLength(Limits.PasswordCharactersMax)] string? CurrentPassword,
    [Required, MinLength(Limits.PasswordCharactersMin), MaxLength(Limits.PasswordCharactersMax)] string? Password);

/// <summary>Changing one's own password. All sessions end, also the one that asks; the answer is a new one.</summary>
internal static class ChangePassword
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut("/v1/me/password", ChangeAsync).WithName("change_password").WithTags("sessions")
            .Answers<SessionView>(StatusCodes.Status200OK);

    private static async Task<Reply> ChangeAsync(Call call, SignIns signIns, Passwords passwords, Body<PasswordChange> body)
    {
        var sent = body.Value;
        var fields = new Fields();
        var current = fields.PresentPassword("current_password", sent.CurrentPassword);
        fields.AddPasswordFault("password", await Passwords.FaultOfAsync(call.Db, call.Principal.PersonId, sent.Password));
        if (sent.Password is not null && sent.Password == sent.CurrentPassword)
        {
            fields.Add("password", FieldCode.NotPossible, "must be another than the one that you have");
        }

        fields.ThrowIfAny();
        if (!await signIns.IsRightAsync(call.Db, call.Principal.Email, current, call.Work.Address))
        {
            // It is counted: a session that somebody else got hold of is no place to guess from.
            return Reply.Refusal(Problems.Field(
                "current_password", FieldCode.NotPossible,
                "must be the one that you have, and there must not have been too many wrong ones lately"));
        }

        await passwords.SetAsync(call.Db, call.Principal.PersonId, sent.Password!, "password.changed", call.Principal.PersonId, call.Work.Address);
        return Reply.Ok(await SignIns.BeginAsync(call.Db, call.Principal.PersonId, call.Work.Address));
    }
}
