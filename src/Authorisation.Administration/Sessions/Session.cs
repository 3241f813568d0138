using Dapper;
using Npgsql;

namespace Authorisation.Administration.Sessions;

/// <summary>The sessions of people who have signed in.</summary>
internal static class Session
{
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
