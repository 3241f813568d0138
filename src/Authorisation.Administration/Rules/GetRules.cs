using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Rules;

/// <summary>Reads the rules on purchases of a credit, a department or an organisation: those of that place alone.</summary>
internal sealed class GetRules
{
    /// <returns>The rules; without any, none.</returns>
    /// <exception cref="RefusedException">The place cannot be seen.</exception>
    public async Task<RuleRow> RunAsync(UnitOfWork work, RuleOwner owner, Guid id) =>
        await RuleRow.FindAsync(work.Db, await RulePlace.GetVisibleAsync(work, owner, id));
}
