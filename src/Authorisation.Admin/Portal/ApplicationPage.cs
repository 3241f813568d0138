using Authorisation.Admin.Web;

namespace Authorisation.Admin.Portal;

/// <summary>
/// The page of an application that waits for a decision. Anybody with the link can open it, so it is the same for every
/// id and says nothing about the application; only a signed-in reader sees the applicant.
/// </summary>
internal static class ApplicationPage
{
    public static Reply Show(Call call, Guid id)
    {
        var texts = PageTexts.For(call.Http.Request, operatorLanguage: null);
        return PageReply.Of(call.Http, StatusCodes.Status200OK, texts, texts.ApplicationWaits, Html.Of($"""
            <p>{texts.ApplicationWaitsText}</p>
            <p class="hint">{texts.ApplicationCalls} <code>GET /v1/organisations/{id.ToString()}</code>,
            <code>POST /v1/organisations/{id.ToString()}/approval</code>, <code>POST /v1/organisations/{id.ToString()}/refusal</code></p>
            """));
    }
}
