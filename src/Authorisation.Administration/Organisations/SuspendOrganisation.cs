using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Organisations;

/// <summary>Suspends a customer: every purchase of its travellers that is decided afterwards is declined.</summary>
internal sealed class SuspendOrganisation
{
    /// <returns>The organisation as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, is no customer, or was changed by another.
    /// </exception>
    public async Task<OrganisationRow> RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var row = await OrganisationRow.LockToSuspendAsync(work, id, request);
        if (row.SuspendedAt is not null)
        {
            return row;
        }

        // A trigger raises the organisation's version, so it holds for every purchase decided after the commit.
        await work.Db.ExecuteAsync(
            "update organisation set suspended_at = ledger_now(), revision = revision + 1 where id = @id", new { id });
        return await row.AuditChangeAsync(work, "organisation.suspended");
    }
}
