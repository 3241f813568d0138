using Authorisation.Admin.Web;
using Microsoft.AspNetCore.Http.Features;

namespace Authorisation.Admin.Portal;

/// <summary>The forms of pages: what was filled in, and the fields with what is wrong beside them.</summary>
internal static class PageForm
{
    private static readonly FormOptions Bounds = new() { ValueCountLimit = 8, KeyLengthLimit = 64, ValueLengthLimit = 4096 };

    /// <summary>What was filled into a field; nothing when it was not sent.</summary>
    public static async Task<string> ReadAsync(HttpContext http, string field)
    {
        if (!http.Request.HasFormContentType)
        {
            return "";
        }

        // Kept with the request, whose body can be read once.
        if (http.Features.Get<IFormFeature>()?.Form is null)
        {
            http.Features.Set<IFormFeature>(new FormFeature(http.Request, Bounds));
        }

        try
        {
            return (await http.Request.ReadFormAsync(http.RequestAborted))[field].ToString();
        }
        catch (InvalidDataException)
        {
            throw new HttpProblemException(StatusCodes.Status413PayloadTooLarge, "too_large", "The form is too large.");
        }
    }

    /// <summary>A form that asks for a password, and shows whose it is.</summary>
    public static Html Password(PageTexts texts, string email, string label, bool isNew, string? error) => Html.Of($"""
        <form method="post">
        <label for="email">{texts.Email}</label>
        <input id="email" type="email" autocomplete="username" value="{email}" readonly>
        {Field("password", "password", label, isNew ? "new-password" : "current-password", isNew ? texts.PasswordHint : null, error)}
        <button>{texts.Go}</button>
        </form>
        """);

    /// <summary>A field with its label, a hint and what is wrong with it.</summary>
    public static Html Field(string name, string type, string label, string autocomplete, string? hint, string? error)
    {
        var invalid = error is null ? Html.None : Html.Of($""" aria-invalid="true" """);
        var shownHint = hint is null ? Html.None : Html.Of($"""<p class="hint" id="{name}-hint">{hint}</p>""");
        var shownError = error is null ? Html.None : Html.Of($"""<p class="error" id="{name}-error" role="alert">{error}</p>""");
        return Html.Of($"""
            <label for="{name}">{label}</label>
            <input id="{name}" name="{name}" type="{type}" autocomplete="{autocomplete}" aria-describedby="{name}-hint {name}-error"{invalid} required autofocus>
            {shownHint}{shownError}
            """);
    }
}
