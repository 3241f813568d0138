using System.Text;
using Authorisation.Admin.Web;

namespace Authorisation.Admin.Portal;

/// <summary>
/// The pages that mailed links lead to. Looking at one changes nothing: mail scanners follow links, too.
/// </summary>
internal static class PageRoutes
{
    private static readonly string Style = ReadStyle();

    public static void Map(IEndpointRouteBuilder all, IEndpointRouteBuilder calls)
    {
        Page(calls.MapGet("/invitations/{token}", InvitationPage.ShowAsync));
        Page(calls.MapPost("/invitations/{token}", InvitationPage.AcceptAsync));
        Page(calls.MapGet("/password-resets", PasswordPages.Ask));
        Page(calls.MapPost("/password-resets", PasswordPages.AskAsync));
        Page(calls.MapGet("/password-resets/{token}", PasswordPages.ShowAsync));
        Page(calls.MapPost("/password-resets/{token}", PasswordPages.ChooseAsync));
        Page(calls.MapGet("/organisations/{id:guid}", ApplicationPage.Show));
        all.MapGet("/pages.css", () => Results.Text(Style, "text/css", Encoding.UTF8)).ExcludeFromDescription();
    }

    private static void Page(RouteHandlerBuilder route) => route.Open().WithMetadata(new ShowsPage(PageReply.OfProblem)).ExcludeFromDescription();

    private static string ReadStyle()
    {
        using var stream = typeof(PageRoutes).Assembly.GetManifestResourceStream("pages.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
