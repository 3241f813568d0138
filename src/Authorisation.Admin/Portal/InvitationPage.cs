using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Portal;

/// <summary>The page of an invitation: who invites to what, and the password to accept with.</summary>
internal static class InvitationPage
{
    public static async Task<Reply> ShowAsync(Call call, string token) =>
        await Invitation.FindAsync(call.Db, token, forUse: false) is { } invitation
            ? Form(call, invitation, error: null)
            : throw Problems.NotFound();

    public static async Task<Reply> AcceptAsync(Call call, string token, SignIns signIns, Passwords passwords)
    {
        var password = await PageForm.ReadAsync(call.Http, "password");
        var invitation = await Invitation.FindAsync(call.Db, token, forUse: true) ?? throw Problems.NotFound();
        var texts = PageTexts.For(call.Http.Request, invitation.Language);
        if (password.Length == 0)
        {
            return Form(call, invitation, texts.NoPassword);
        }

        // One that is too long for any is not hashed.
        var outcome = password.Length > Limits.PasswordCharactersMax
            ? new AcceptanceOutcome(PasswordFault.Length, IsWrong: false)
            : await invitation.AcceptAsync(call.Work, token, password, signIns, passwords);
        var error = outcome.IsWrong ? texts.WrongPassword : texts.Of(outcome.Fault);
        return error is not null
            ? Form(call, invitation, error)
            : PageReply.Of(
                call.Http, StatusCodes.Status200OK, texts, texts.Accepted,
                Html.Of($"<p>{string.Format(null, texts.AcceptedText, invitation.Organisation)}</p>"));
    }

    private static Reply Form(Call call, Invitation invitation, string? error)
    {
        var texts = PageTexts.For(call.Http.Request, invitation.Language);
        var who = string.Format(
            null, invitation.InvitedBy is null ? texts.InvitationBySomebody : texts.Invitation,
            invitation.InvitedBy, invitation.Organisation, invitation.Operator);
        var form = PageForm.Password(
            texts, invitation.Email, invitation.HasPassword ? texts.PresentPassword : texts.NewPassword,
            isNew: !invitation.HasPassword, error);
        var present = invitation.HasPassword ? Html.Of($"<p>{texts.HasPassword}</p>") : Html.None;
        return PageReply.Of(
            call.Http, error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, texts,
            texts.InvitationHeading, Html.Of($"<p>{who}</p>{present}{form}"));
    }
}
