using System.Security.Cryptography;
using Authorisation.Admin.Portal;
using Scalar.AspNetCore;

namespace Authorisation.Admin.Api;

/// <summary>
/// The API's description as a page to read and to try calls from, without a session. All of it comes from this host,
/// and the page can reach no other.
/// </summary>
internal static class DescriptionPage
{
    private const string Path = "/docs";
    private const int NonceBytes = 16;

    /// <summary>Maps the page, and the script that it is drawn by.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapScalarApiReference(Path, Configure).ExcludeFromDescription();

    private static void Configure(ScalarOptions options, HttpContext http)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));
        // The script draws with style elements that it makes, for which it takes no nonce.
        PageReply.SetHeaders(
            http.Response.Headers,
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + "font-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
        http.Response.Headers.CacheControl = "no-store";
        options.Nonce = nonce;
        options.Title = "Authorisation: administration";
        options.OpenApiRoutePattern = "/openapi/{documentName}.json";
        options.AddDocument(CachedDescription.Name);
        // What would load from, or lead to, the vendor of the page.
        options.DefaultFonts = false;
        options.Telemetry = false;
        options.HideClientButton = true;
        options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        options.Agent = new ScalarAgentOptions { Disabled = true };
        options.Mcp = new ScalarMcpOptions { Disabled = true };
    }
}
