using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Sessions;

/// <summary>Ends sessions of the principal's own: the one that asks, another one, or all of them.</summary>
internal sealed class EndSession
{
    /// <summary>Ends one session.</summary>
    /// <exception cref="RefusedException">The principal has no such session in force.</exception>
    public async Task RunAsync(UnitOfWork work, Guid id)
    {
        if (await work.Db.ExecuteAsync(
            """
            update control.session set ended_at = ledger_now()
            where id = @id and person_id = @PersonId and ended_at is null
            """,
            new { id, work.Principal.PersonId }) != 1)
        {
            throw Problems.NotFound();
        }
    }

    /// <summary>Ends the session that asks.</summary>
    /// <param name="work">The principal's.</param>
    /// <param name="current">The hash of its token.</param>
    public Task RunCurrentAsync(UnitOfWork work, byte[]? current) => work.Db.ExecuteAsync(
        """
        update control.session set ended_at = ledger_now()
        where person_id = @PersonId and ended_at is null and sha256 = @current
        """,
        new { work.Principal.PersonId, current });

    /// <summary>Ends all sessions.</summary>
    public Task RunAllAsync(UnitOfWork work) => work.Db.ExecuteAsync(
        "update control.session set ended_at = ledger_now() where person_id = @PersonId and ended_at is null",
        new { work.Principal.PersonId });
}
