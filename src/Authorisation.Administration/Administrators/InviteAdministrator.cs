using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Administrators;

/// <summary>A person to be invited to administer an organisation.</summary>
/// <param name="Email">The e-mail address that the invitation goes to and that the person signs in with.</param>
/// <param name="Name">The person's name.</param>
/// <param name="IsOrganisationWide">
/// Whether the whole organisation is administered; true unless departments are named.
/// </param>
/// <param name="Departments">The ids of the departments that are administered.</param>
/// <param name="Rights">The names of the rights; none unless given.</param>
internal sealed record InviteAdministratorRequest(
    string? Email, string? Name, bool? IsOrganisationWide, IReadOnlyList<Guid>? Departments,
    IReadOnlyList<string?>? Rights);

/// <summary>An invitation whose fields were checked.</summary>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Name">The person's name; empty when it is not known.</param>
/// <param name="IsOrganisationWide">Whether the whole organisation is administered.</param>
/// <param name="Rights">The rights.</param>
/// <param name="Departments">The ids of the departments that are administered; none for the whole organisation.</param>
internal sealed record AdministratorInvitation(
    string Email, string Name, bool IsOrganisationWide, AdministratorRights Rights,
    IReadOnlyCollection<Guid> Departments);

/// <summary>Makes a person an administrator of an organisation, and sends the link to accept that with.</summary>
internal sealed class InviteAdministrator(SendInvitation send)
{
    /// <returns>The administrator.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen or is no customer, a field is wrong, more is to be given than the principal has,
    /// or the person administers the organisation already.
    /// </exception>
    public async Task<AdministratorRow> RunAsync(
        UnitOfWork work, Guid organisationId, Request<InviteAdministratorRequest> request)
    {
        var (organisation, scope) = await OrganisationRow.LockCustomerForChangeAsync(work, organisationId);
        scope.Require(AdministratorRights.Administrators);
        var asked = request.Read();
        var fields = new Fields();
        var email = fields.Email("email", asked.Email);
        var name = fields.Optional("name", asked.Name, Limits.NameCharactersMax) ?? "";
        var isWide = asked.IsOrganisationWide ?? asked.Departments is null or { Count: 0 };
        var rights = RightNames.Read(fields, "rights", asked.Rights);
        var departments = await AdministratorPlace.DepartmentsAsync(
            work.Db, fields, organisationId, scope, isWide, asked.Departments);
        fields.ThrowIfAny();
        AdministratorPlace.RequireWithin(scope, isWide, rights);
        return await ApplyAsync(
            work, await OperatorTerms.GetAsync(work.Db, organisation.OperatorId), organisation,
            new AdministratorInvitation(email, name, isWide, rights, departments));
    }

    /// <summary>Makes the person an administrator of an organisation that is locked, and invites.</summary>
    /// <returns>The administrator.</returns>
    /// <exception cref="RefusedException">The person administers the organisation already.</exception>
    /// <exception cref="TooManyMessagesException">429: the receiver or the organisation has had too many.</exception>
    public async Task<AdministratorRow> ApplyAsync(
        UnitOfWork work, OperatorTerms terms, OrganisationRow organisation, AdministratorInvitation invitation)
    {
        var id = Guid.CreateVersion7();
        await work.Db.ExecuteAsync(
            "insert into control.person (id, email, name) values (@person, @Email, '') on conflict (email) do nothing",
            new { person = Guid.CreateVersion7(), invitation.Email });
        var added = await work.Db.ExecuteAsync(
            """
            insert into control.administrator
              (id, organisation_id, person_id, is_organisation_wide, rights, invited_name)
            select @id, @organisationId, id, @IsOrganisationWide, @rights, @Name
            from control.person where email = @Email
            on conflict (organisation_id, person_id) where removed_at is null do nothing
            """,
            new
            {
                id,
                organisationId = organisation.Id,
                invitation.Email,
                invitation.IsOrganisationWide,
                rights = (short)invitation.Rights,
                invitation.Name,
            });
        if (added == 0)
        {
            throw new RefusedException(ProblemCode.Taken, "The person administers the organisation already.");
        }

        await work.Db.ExecuteAsync(
            """
            insert into control.administrator_department (administrator_id, department_id)
            select @id, unnest(@departments::uuid[])
            """,
            new { id, departments = invitation.Departments.ToArray() });
        await send.ApplyAsync(work, terms, organisation, id, invitation.Email);
        var row = (await AdministratorRow.FindAsync(work.Db, id))!;
        await work.AuditAsync(
            "administrator.invited", "administrator:" + id, organisation.OperatorId, organisation.Id,
            after: row.Audited());
        return row;
    }
}
