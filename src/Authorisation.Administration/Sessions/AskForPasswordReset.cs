using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Sessions;

/// <summary>
/// Takes a request for a link to choose a new password. It only records it, which is the same work for an unknown
/// address; <see cref="SendPasswordLinks"/> finds out afterwards whether the address is a person's.
/// </summary>
internal sealed class AskForPasswordReset
{
    /// <param name="work">The work of a caller without a session.</param>
    /// <param name="request">The e-mail address, as it was typed.</param>
    /// <exception cref="RefusedException">
    /// It is no e-mail address; or too many were asked for with it, or from this address of the network.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Request<string?> request)
    {
        var fields = new Fields();
        var email = fields.Email("email", request.Read());
        fields.ThrowIfAny();
        var (db, address, login) = (work.Db, work.Address, SignIns.LoginOf(email));
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
            new
            {
                login,
                address,
                ofLogin = Limits.PasswordResetsOfLoginMax,
                fromAddress = Limits.PasswordResetsFromAddressMax,
            });
        if (wait > TimeSpan.Zero)
        {
            throw Problems.TooMany("Too many links were asked for with this e-mail address or from here.", wait.Value);
        }

        await db.ExecuteAsync(
            """
            insert into control.password_reset_request (email, login, address)
            values (@email, @login, coalesce(@address, ''))
            """,
            new { email, login, address });
    }
}
