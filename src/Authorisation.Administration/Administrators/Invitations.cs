using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Administrators;

/// <summary>Makes people administrators and sends them the link to begin with.</summary>
internal sealed class Invitations(Outbox outbox, PortalLinks links)
{
    /// <summary>Makes a person an administrator of an organisation, and invites.</summary>
    /// <exception cref="TooManyMessagesException">429: the receiver or the organisation has had too many.</exception>
    /// <returns>The administrator.</returns>
    public async Task<Guid> AddAsync(
        NpgsqlConnection db,
        OperatorTerms terms,
        OrganisationRow organisation,
        string email,
        string name,
        bool isOrganisationWide,
        AdministratorRights rights,
        IReadOnlyCollection<Guid> departments,
        Guid? invitedBy)
    {
        var id = Guid.CreateVersion7();
        await db.ExecuteAsync(
            "insert into control.person (id, email, name) values (@person, @email, '') on conflict (email) do nothing",
            new { person = Guid.CreateVersion7(), email });
        var added = await db.ExecuteAsync(
            """
            insert into control.administrator (id, organisation_id, person_id, is_organisation_wide, rights, invited_name)
            select @id, @organisationId, id, @isOrganisationWide, @rights, @name from control.person where email = @email
            on conflict (organisation_id, person_id) where removed_at is null do nothing
            """,
            new { id, organisationId = organisation.Id, email, isOrganisationWide, rights = (short)rights, name });
        if (added == 0)
        {
            throw new RefusedException(ProblemCode.Taken, "The person administers the organisation already.");
        }

        foreach (var department in departments)
        {
            await db.ExecuteAsync(
                "insert into control.administrator_department (administrator_id, department_id) values (@id, @department)",
                new { id, department });
        }

        await SendAsync(db, terms, organisation, id, email, invitedBy);
        return id;
    }

    /// <summary>Ends the invitations that an administrator has, and sends a new one.</summary>
    public async Task SendAsync(
        NpgsqlConnection db, OperatorTerms terms, OrganisationRow organisation, Guid administratorId, string email, Guid? invitedBy)
    {
        await EndAsync(db, administratorId);
        var (token, sha256) = TokenHash.NewToken();
        await db.ExecuteAsync(
            """
            insert into control.invitation (sha256, administrator_id, expires_at, invited_by)
            values (@sha256, @administratorId, ledger_now() + @time, @invitedBy)
            """,
            new { sha256, administratorId, invitedBy, time = Limits.InvitationTime });
        var (subject, text) = MessageTexts.Invitation(terms, organisation.Name, links.Invitation(token));
        await outbox.AddAsync(db, new NewMessage(
            terms, MessageKind.Invitation, email, subject, text, Limits.InvitationTime)
        {
            OrganisationId = organisation.Id,
        });
    }

    public static Task EndAsync(NpgsqlConnection db, Guid administratorId) => db.ExecuteAsync(
        """
        update control.invitation set ended_at = ledger_now()
        where administrator_id = @administratorId and used_at is null and ended_at is null
        """,
        new { administratorId });
}
