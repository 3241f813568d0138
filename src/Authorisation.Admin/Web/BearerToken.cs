using Authorisation.Ledger.Access;

namespace Authorisation.Admin.Web;

/// <summary>The bearer token of a request.</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>The hash of the token in the request; null when there is none that could be a session's.</summary>
    public static byte[]? HashOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && header.Length - Scheme.Length is > 0 and <= TokenHash.TokenCharactersMax
                ? TokenHash.Sha256Of(header[Scheme.Length..].Trim())
                : null;
    }
}
