using Authorisation.Administration.Invitations;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Travellers;

/// <summary>The person that a traveller signs in as.</summary>
internal sealed record TravellerAccess
{
    /// <summary>Whether the invitation was accepted.</summary>
    public required bool IsAccepted { get; init; }

    /// <summary>Whether the person can sign in.</summary>
    public required bool HasPassword { get; init; }

    /// <summary>That of a traveller; null when there is none.</summary>
    public static async Task<TravellerAccess?> FindAsync(NpgsqlConnection db, Guid travellerId) =>
        await db.QuerySingleOrDefaultAsync<TravellerAccess>(
            """
            select x.accepted_at is not null as is_accepted, p.password_hash is not null as has_password
            from control.traveller_access x join control.person p on p.id = x.person_id
            where x.traveller_id = @travellerId and x.ended_at is null
            """,
            new { travellerId });

    /// <summary>Ends it, and the invitations, at once.</summary>
    public static async Task EndAsync(NpgsqlConnection db, Guid travellerId)
    {
        await InvitationLinks.EndAsync(db, Invited.Traveller(travellerId));
        await db.ExecuteAsync(
            """
            update control.traveller_access set ended_at = ledger_now()
            where traveller_id = @travellerId and ended_at is null
            """,
            new { travellerId });
    }
}
