using Authorisation.Admin.Access;
using Authorisation.Admin.Http;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;

namespace Authorisation.Admin.Api.Administrators;

/// <summary>The password that is chosen, or that the person has already.</summary>
internal sealed record Acceptance(string? Password);

/// <summary>Accepting an invitation, once within seven days; the token in the link is the right to do so.</summary>
internal static class AcceptInvitation
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/invitations/{token}", AcceptAsync).WithName("accept_invitation").WithTags("administrators").Open()
            .AnswersNothing(
                StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity,
                StatusCodes.Status429TooManyRequests);

    private static async Task<Reply> AcceptAsync(Call call, string token, Passwords passwords, Body<Acceptance> body)
    {
        var sha256 = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));
        var invitation = token.Length > TokenHash.TokenCharactersMax ? null : await call.Db.QuerySingleOrDefaultAsync<Invitation>(
            """
            select i.administrator_id, a.invited_name, p.id as person_id, p.email, p.password_hash, p.locked_until > ledger_now() as is_locked,
                   a.organisation_id, g.operator_id
            from control.invitation i
            join control.administrator a on a.id = i.administrator_id
            join control.person p on p.id = a.person_id
            join organisation g on g.id = a.organisation_id
            where i.sha256 = @sha256 and i.used_at is null and i.ended_at is null and i.expires_at > ledger_now()
              and a.removed_at is null
            for no key update of i, p
            """,
            new { sha256 });
        if (invitation is null)
        {
            throw Problems.NotFound();
        }

        var fields = new Fields();
        var password = fields.NewPassword("password", body.Value.Password);
        fields.ThrowIfAny();
        if (invitation.PasswordHash is null)
        {
            await call.Db.ExecuteAsync(
                """
                update control.person
                set password_hash = @hash, failures = 0, locked_until = null,
                    name = case when name = '' then coalesce(@InvitedName, '') else name end
                where id = @PersonId
                """,
                new { hash = passwords.Hash(password), invitation.InvitedName, invitation.PersonId });
        }
        else if (invitation.IsLocked == true || !passwords.Verify(invitation.PasswordHash, password))
        {
            // The link is the right to join, not to choose another password for somebody who has one.
            return await RefuseAsync(call, invitation);
        }

        await call.Db.ExecuteAsync(
            """
            update control.invitation set used_at = ledger_now() where sha256 = @sha256;
            update control.administrator set accepted_at = ledger_now(), revision = revision + 1 where id = @AdministratorId
            """,
            new { sha256, invitation.AdministratorId });
        await (call.Change with { PersonId = invitation.PersonId, Email = invitation.Email }).AuditAsync(
            "administrator.accepted", "administrator:" + invitation.AdministratorId, invitation.OperatorId,
            invitation.OrganisationId);
        return Reply.NoContent();
    }

    private static async Task<Reply> RefuseAsync(Call call, Invitation invitation)
    {
        await call.Db.ExecuteAsync(
            """
            update control.person
            set failures = case when failures + 1 >= @most then 0 else failures + 1 end,
                locked_until = case when failures + 1 >= @most then ledger_now() + @time else locked_until end
            where id = @PersonId and (locked_until is null or locked_until <= ledger_now())
            """,
            new { invitation.PersonId, most = Limits.PasswordFailuresMax, time = Limits.LockOutTime });
        return Reply.Refusal(Problems.Field("password", FieldCode.NotPossible, "must be the one that you have already"));
    }

    private sealed record Invitation
    {
        public required Guid AdministratorId { get; init; }

        public string? InvitedName { get; init; }

        public required Guid PersonId { get; init; }

        public required string Email { get; init; }

        public string? PasswordHash { get; init; }

        public bool? IsLocked { get; init; }

        public required Guid OrganisationId { get; init; }

        public required int OperatorId { get; init; }
    }
}
