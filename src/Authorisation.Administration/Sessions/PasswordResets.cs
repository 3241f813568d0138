using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Administration.Sessions;

/// <summary>A link to choose a password that is in force.</summary>
internal sealed record PasswordLink
{
    public required byte[] Sha256 { get; init; }

    public required Guid PersonId { get; init; }

    public required string Email { get; init; }
}

/// <summary>
/// Links to choose a password. Asking for one only takes the request down, which is the same work for an address that nobody
/// has; a worker sees afterwards whether there is somebody to send it to.
/// </summary>
internal sealed partial class PasswordResets(Outbox outbox, PortalLinks links, Passwords passwords, ILogger<PasswordResets> logger)
{
    /// <summary>Takes down that somebody wants a link.</summary>
    /// <exception cref="RefusedException">429: too many with this e-mail address, or from this address of the network.</exception>
    public static async Task AskAsync(NpgsqlConnection db, string email, string? address)
    {
        var login = SignIns.LoginOf(email);
        // Requests with one address or from one place follow each other, so that none passes a bound beside another.
        await db.ExecuteAsync(
            """
            select pg_advisory_xact_lock(hashtextextended('reset from ' || coalesce(@address, ''), 1)),
                   pg_advisory_xact_lock(hashtextextended('reset of ' || encode(@login, 'hex'), 1))
            """,
            new { address, login });
        var wait = await db.ExecuteScalarAsync<TimeSpan?>(
            """
            select max(wait) from (
              (select asked_at + interval '1 hour' - ledger_now() as wait from control.password_reset_request
               where login = @login order by asked_at desc offset @ofLogin - 1 limit 1)
              union all
              (select asked_at + interval '1 hour' - ledger_now() from control.password_reset_request
               where address = coalesce(@address, '') order by asked_at desc offset @fromAddress - 1 limit 1)
            ) bounds
            """,
            new { login, address, ofLogin = Limits.PasswordResetsOfLoginMax, fromAddress = Limits.PasswordResetsFromAddressMax });
        if (wait > TimeSpan.Zero)
        {
            throw Problems.TooMany("Too many links were asked for with this e-mail address or from here.", wait.Value);
        }

        await db.ExecuteAsync(
            "insert into control.password_reset_request (email, login, address) values (@email, @login, coalesce(@address, ''))",
            new { email, login, address });
    }

    /// <summary>The link of a token; null when there is none, or it was used, has lapsed or was ended by a new password.</summary>
    public static async Task<PasswordLink?> FindAsync(NpgsqlConnection db, string token, bool forUse = true) =>
        token.Length > TokenHash.TokenCharactersMax ? null : await db.QuerySingleOrDefaultAsync<PasswordLink>(
            $"""
            select l.sha256, l.person_id, p.email
            from control.password_link l join control.person p on p.id = l.person_id
            where l.sha256 = @sha256 and l.used_at is null and l.ended_at is null and l.expires_at > ledger_now()
            {(forUse ? "for no key update of l" : "")}
            """,
            new { sha256 = TokenHash.Sha256Of(token) });

    /// <summary>Gives the person of a link the password that was chosen, unless something is wrong with that.</summary>
    public async Task<PasswordFault> ChooseAsync(UnitOfWork work, PasswordLink link, string? password)
    {
        var fault = await Passwords.FaultOfAsync(work.Db, link.PersonId, password);
        if (fault != PasswordFault.None)
        {
            return fault;
        }

        await work.Db.ExecuteAsync("update control.password_link set used_at = ledger_now() where sha256 = @Sha256", link);
        var ended = await passwords.SetAsync(
            work.Db, link.PersonId, password!, "password.reset", link.PersonId, work.Address);
        LogReset(link.PersonId, work.Address, ended);
        return PasswordFault.None;
    }

    /// <summary>Sends a person who is staff now a link to choose the first password, or says so to one who has a password.</summary>
    /// <exception cref="TooManyMessagesException">429: a bound is reached.</exception>
    public async Task InviteStaffAsync(NpgsqlConnection db, OperatorTerms terms, Guid personId, string email, bool hasPassword)
    {
        if (hasPassword)
        {
            var (title, told) = MessageTexts.StaffAdded(terms);
            await outbox.AddAsync(db, new NewMessage(terms, MessageKind.StaffAdded, email, title, told, Limits.InvitationTime));
            return;
        }

        var link = links.PasswordReset(await NewAsync(db, personId, Limits.InvitationTime));
        var (subject, text) = MessageTexts.StaffInvitation(terms, link);
        await outbox.AddAsync(db, new NewMessage(terms, MessageKind.StaffInvitation, email, subject, text, Limits.InvitationTime));
    }

    /// <summary>Sends the links that were asked for with addresses that somebody has.</summary>
    /// <returns>How many requests were seen to.</returns>
    public async Task<int> SendAsync(NpgsqlConnection db)
    {
        var due = (await db.QueryAsync<(string Email, Guid? PersonId, int? OperatorId)>(
            """
            with due as (
              select id, email from control.password_reset_request where email is not null
              order by id limit @most for update skip locked
            ), seen as (
              update control.password_reset_request r set email = null from due where r.id = due.id
            )
            select due.email, p.id,
                   (select place.operator_id from control.place_of_person place where place.person_id = p.id
                    order by place.operator_id limit 1)
            from due left join control.person p on p.email = due.email
            order by due.id
            """,
            new { most = Limits.OutsiderChunkRows })).ToList();
        foreach (var (email, person, operatorId) in due)
        {
            if (person is { } personId && operatorId is { } id)
            {
                var terms = await OperatorTerms.GetAsync(db, id);
                var token = await NewAsync(db, personId, Limits.PasswordResetTime);
                var (subject, text) = MessageTexts.PasswordReset(terms, links.PasswordReset(token));
                await outbox.TryAddAsync(
                    db, new NewMessage(terms, MessageKind.PasswordReset, email, subject, text, Limits.PasswordResetTime));
            }
        }

        return due.Count;
    }

    private static async Task<string> NewAsync(NpgsqlConnection db, Guid personId, TimeSpan time)
    {
        var (token, sha256) = TokenHash.NewToken();
        await db.ExecuteAsync(
            "insert into control.password_link (sha256, person_id, expires_at) values (@sha256, @personId, ledger_now() + @time)",
            new { sha256, personId, time });
        return token;
    }

    [LoggerMessage(
        5652, LogLevel.Information, "Person {Person} chose a new password by a mailed link from {Address}; {Ended} sessions ended")]
    private partial void LogReset(Guid person, string? address, int ended);
}
