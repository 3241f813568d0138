using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Rules;

/// <summary>Takes the rules on purchases of a credit, a department or an organisation away; where there are none nothing changes.</summary>
internal sealed class RemoveRules
{
    /// <exception cref="RefusedException">
    /// The place cannot be seen or changed, or its rules were changed by another.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, RuleOwner owner, Guid id, Request request)
    {
        var place = await RulePlace.LockForChangeAsync(work, owner, id);
        var before = await RuleRow.FindAsync(work.Db, place);
        request.RequireRevision(before.Revision);
        if (before.Revision == 0)
        {
            return;
        }

        await work.Db.ExecuteAsync("delete from purchase_rule where " + RuleRow.Condition(place), place);
        await work.AuditAsync(
            "rules.removed", place.Subject, place.OperatorId, place.OrganisationId, place.DepartmentId, before);
    }
}
