using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>An operator's ticket system that calls with its own token.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="OperatorId">Its operator; it sees and touches nothing of another.</param>
internal sealed record TicketSystem(long ClientId, int OperatorId)
{
    /// <summary>The ticket system of a token in force.</summary>
    public static async Task<TicketSystem?> FindAsync(NpgsqlConnection db, byte[] sha256) =>
        await db.QuerySingleOrDefaultAsync<TicketSystem>(
            """
            select c.id as client_id, c.operator_id
            from access_token t join client c on c.id = t.client_id
            where t.sha256 = @sha256 and t.ended_at is null and c.kind = @kind
            """,
            new { sha256, kind = (short)ClientKind.TicketSystem });
}
