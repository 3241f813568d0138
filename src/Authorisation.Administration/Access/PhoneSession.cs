using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>
/// Somebody with an organisation's order link who has shown by a code to have a telephone: sees and changes what was
/// ordered with that number there, and nothing else. Ends with the link.
/// </summary>
/// <param name="LinkId">The link.</param>
/// <param name="OrganisationId">Its organisation.</param>
/// <param name="OperatorId">The organisation's operator.</param>
/// <param name="Mobile">The telephone's number, as E.164.</param>
internal sealed record PhoneSession(Guid LinkId, Guid OrganisationId, int OperatorId, string Mobile)
{
    /// <summary>The session of a token in force.</summary>
    public static async Task<PhoneSession?> FindAsync(NpgsqlConnection db, byte[] sha256) =>
        await db.QuerySingleOrDefaultAsync<PhoneSession>(
            """
            select s.link_id, l.organisation_id, g.operator_id, s.mobile
            from control.phone_session s
            join control.order_link l on l.id = s.link_id
            join organisation g on g.id = l.organisation_id
            where s.sha256 = @sha256 and s.expires_at > ledger_now() and l.revoked_at is null
            """,
            new { sha256 });

    /// <summary>Removes sessions that are over, and codes that are kept no longer, whosever.</summary>
    public static Task<int> RemoveOldAsync(NpgsqlConnection db) => db.ExecuteAsync(
        """
        delete from control.phone_session where expires_at < ledger_now();
        delete from control.phone_code where made_at < ledger_now() - @kept
        """,
        new { kept = Limits.PhoneCodeKeptTime });
}
