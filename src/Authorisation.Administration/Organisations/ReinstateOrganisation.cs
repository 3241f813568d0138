using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Organisations;

/// <summary>Reinstates a customer that was suspended: its travellers may buy again.</summary>
internal sealed class ReinstateOrganisation
{
    /// <returns>The organisation as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, is no customer, or was changed by another.
    /// </exception>
    public async Task<OrganisationRow> RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var row = await OrganisationRow.LockToSuspendAsync(work, id, request);
        if (row.SuspendedAt is null)
        {
            return row;
        }

        // A trigger raises the organisation's version, so it holds for every purchase decided after the commit.
        await work.Db.ExecuteAsync(
            "update organisation set suspended_at = null, revision = revision + 1 where id = @id", new { id });
        return await row.AuditChangeAsync(work, "organisation.reinstated");
    }
}
