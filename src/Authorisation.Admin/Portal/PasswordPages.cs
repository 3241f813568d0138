using Authorisation.Admin.Web;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Portal;

/// <summary>
/// The pages for those who have forgotten their password: asking for a link, and what the link leads to.
/// </summary>
internal static class PasswordPages
{
    public static Reply Ask(Call call) => AskForm(call, error: null);

    public static async Task<Reply> AskAsync(Call call, AskForPasswordReset ask)
    {
        var texts = PageTexts.For(call.Http.Request, operatorLanguage: null);
        try
        {
            await ask.RunAsync(call.Work, await PageForm.ReadAsync(call.Http, "email"));
        }
        catch (RefusedException e) when (e.Problem == ProblemCode.InvalidFields)
        {
            return AskForm(call, texts.NoEmail);
        }

        return PageReply.Of(call.Http, StatusCodes.Status200OK, texts, texts.Asked, Html.Of($"<p>{texts.AskedText}</p>"));
    }

    public static async Task<Reply> ShowAsync(Call call, string token) =>
        ChooseForm(call, await PasswordLink.GetAsync(call.Work, token), error: null);

    public static async Task<Reply> ChooseAsync(Call call, string token, ResetPassword reset)
    {
        var password = await PageForm.ReadAsync(call.Http, "password");
        var link = await PasswordLink.LockForChangeAsync(call.Work, token);
        var texts = PageTexts.For(call.Http.Request, operatorLanguage: null);
        var error = password.Length == 0 ? texts.NoPassword : texts.Of(await reset.TryAsync(call.Work, link, password));
        return error is not null
            ? ChooseForm(call, link, error)
            : PageReply.Of(call.Http, StatusCodes.Status200OK, texts, texts.Chosen, Html.Of($"<p>{texts.ChosenText}</p>"));
    }

    private static Reply AskForm(Call call, string? error)
    {
        var texts = PageTexts.For(call.Http.Request, operatorLanguage: null);
        return PageReply.Of(call.Http, StatusOf(error), texts, texts.Forgotten, Html.Of($"""
            <p>{texts.ForgottenText}</p>
            <form method="post">
            {PageForm.Field("email", "email", texts.Email, "username", hint: null, error)}
            <button>{texts.Go}</button>
            </form>
            """));
    }

    private static Reply ChooseForm(Call call, PasswordLink link, string? error)
    {
        var texts = PageTexts.For(call.Http.Request, operatorLanguage: null);
        var form = PageForm.Password(texts, link.Email, texts.NewPassword, isNew: true, error);
        return PageReply.Of(
            call.Http, StatusOf(error), texts, texts.ChoosePassword, Html.Of($"<p>{texts.ChoosePasswordText}</p>{form}"));
    }

    private static int StatusOf(string? error) => error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
}
