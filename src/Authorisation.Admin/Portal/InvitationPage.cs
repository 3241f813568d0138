using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Invitations;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Portal;

/// <summary>The page of an invitation: who invites to what, and the password to accept with.</summary>
internal static class InvitationPage
{
    public static async Task<Reply> ShowAsync(Call call, string token) => Form(
        call, await FindAsync(call, token), error: null);

    public static async Task<Reply> AcceptAsync(Call call, AcceptInvitation accept, string token)
    {
        var password = await PageForm.ReadAsync(call.Http, "password");
        var invitation = await FindAsync(call, token);
        var texts = PageTexts.For(call.Http.Request, invitation.Language);
        try
        {
            var outcome = await accept.RunAsync(call.Work, token, password);
            if ((outcome.IsWrong ? texts.WrongPassword : texts.Of(outcome.Fault)) is { } error)
            {
                return Form(call, invitation, error);
            }
        }
        catch (RefusedException refused) when (refused.Errors is { Count: > 0 } errors)
        {
            return Form(
                call, invitation,
                errors[0].Code == FieldCode.Required ? texts.NoPassword : texts.Of(PasswordFault.Length));
        }

        var accepted = invitation.TravellerId is null ? texts.AcceptedText : texts.TravellerAcceptedText;
        return PageReply.Of(
            call.Http, StatusCodes.Status200OK, texts, texts.Accepted,
            Html.Of($"<p>{string.Format(null, accepted, invitation.Organisation, invitation.Operator)}</p>"));
    }

    private static async Task<OpenInvitation> FindAsync(Call call, string token) =>
        await OpenInvitation.FindAsync(call.Db, token, forUse: false) ?? throw Problems.NotFound();

    private static Reply Form(Call call, OpenInvitation invitation, string? error)
    {
        var texts = PageTexts.For(call.Http.Request, invitation.Language);
        var (by, bySomebody) = invitation.TravellerId is null
            ? (texts.Invitation, texts.InvitationBySomebody)
            : (texts.TravellerInvitation, texts.TravellerInvitationBySomebody);
        var who = string.Format(
            null, invitation.InvitedBy is null ? bySomebody : by,
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
