using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Invitations;

/// <summary>An administrator or a traveller who is invited: one of the two.</summary>
internal readonly record struct Invited(Guid? AdministratorId, Guid? TravellerId)
{
    /// <summary>An administrator.</summary>
    public static Invited Administrator(Guid id) => new(id, null);

    /// <summary>A traveller.</summary>
    public static Invited Traveller(Guid id) => new(null, id);
}

/// <summary>Sends the links to accept invitations with, and ends them.</summary>
internal sealed class InvitationLinks(Outbox outbox, PortalLinks links)
{
    /// <summary>Ends the invitations of one, and sends a new one in the principal's name.</summary>
    /// <param name="work">The principal's.</param>
    /// <param name="invited">The administrator or the traveller.</param>
    /// <param name="write">Makes the message that has the link in it.</param>
    /// <exception cref="TooManyMessagesException">429: the receiver or the organisation has had too many.</exception>
    public async Task SendAsync(UnitOfWork work, Invited invited, Func<string, NewMessage> write)
    {
        await EndAsync(work.Db, invited);
        var (token, sha256) = TokenHash.NewToken();
        await work.Db.ExecuteAsync(
            """
            insert into control.invitation (sha256, administrator_id, traveller_id, expires_at, invited_by)
            values (@sha256, @AdministratorId, @TravellerId, ledger_now() + @time, @invitedBy)
            """,
            new
            {
                sha256,
                invited.AdministratorId,
                invited.TravellerId,
                invitedBy = work.Principal.PersonId,
                time = Limits.InvitationTime,
            });
        await outbox.AddAsync(work.Db, write(links.Invitation(token)));
    }

    /// <summary>Ends the invitations of one.</summary>
    public static Task EndAsync(NpgsqlConnection db, Invited invited) => db.ExecuteAsync(
        """
        update control.invitation set ended_at = ledger_now()
        where (administrator_id = @AdministratorId or traveller_id = @TravellerId) and used_at is null and ended_at is null
        """,
        new { invited.AdministratorId, invited.TravellerId });
}
