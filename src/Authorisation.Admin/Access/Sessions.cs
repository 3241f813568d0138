using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Access;

/// <summary>Finds the person behind a bearer token.</summary>
internal static class Sessions
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

    /// <summary>The person of a session in force.</summary>
    public static async Task<(Guid PersonId, string Email)?> FindAsync(NpgsqlConnection db, byte[] sha256)
    {
        var found = await db.QueryAsync<(Guid, string)>(
            """
            select p.id, p.email
            from control.session s join control.person p on p.id = s.person_id
            where s.sha256 = @sha256 and s.ended_at is null and s.expires_at > ledger_now()
            """,
            new { sha256 });
        return found.Select(row => ((Guid, string)?)row).FirstOrDefault();
    }
}
