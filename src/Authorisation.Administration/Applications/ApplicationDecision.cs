using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Applications;

/// <summary>What approving and refusing an application have in common.</summary>
internal static class ApplicationDecision
{
    /// <summary>How long an applicant needs a message about an application.</summary>
    public static readonly TimeSpan MessageLifetime = TimeSpan.FromDays(7);

    /// <summary>
    /// An application that is not decided on, locked to decide on it. Operator staff decide on new customers; on people
    /// who want to join a customer, its own administrators, too.
    /// </summary>
    /// <exception cref="RefusedException">
    /// It cannot be seen or decided on, was decided on, or was changed by another.
    /// </exception>
    public static async Task<OrganisationRow> LockAsync(UnitOfWork work, Guid id, Request request)
    {
        var (row, scope) = await OrganisationRow.LockForChangeAsync(work, id);
        if (row.AppliesTo is null)
        {
            scope.RequireStaff();
        }

        if (row.Status != OrganisationStatus.Applied)
        {
            throw new RefusedException(ProblemCode.DecidedAlready, "The application has been decided on.");
        }

        request.RequireRevision(row.Revision);
        return row;
    }

    /// <summary>Gives an application its new status, with a line in the audit trail.</summary>
    /// <returns>The organisation as it is now.</returns>
    public static async Task<OrganisationRow> ApplyAsync(
        UnitOfWork work, OrganisationRow row, OrganisationStatus status, string action)
    {
        await work.Db.ExecuteAsync(
            "update organisation set status = @status, revision = revision + 1 where id = @Id",
            new { status = (short)status, row.Id });
        return await row.AuditChangeAsync(work, action);
    }
}
