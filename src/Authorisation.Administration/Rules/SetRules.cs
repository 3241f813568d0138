using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Rules;

/// <summary>
/// Sets the rules on purchases of a credit, a department or an organisation, instead of those that it had. They hold for
/// every purchase that is decided once the change is committed: triggers raise the version of the account, or of its
/// organisation, which every decision is compared with.
/// </summary>
internal sealed class SetRules
{
    /// <returns>The rules as they are now.</returns>
    /// <exception cref="RefusedException">
    /// The place cannot be seen or changed, its rules were changed by another, or a field is wrong.
    /// </exception>
    public async Task<RuleRow> RunAsync(UnitOfWork work, RuleOwner owner, Guid id, Request<RuleRequest> request)
    {
        var place = await RulePlace.LockForChangeAsync(work, owner, id);
        var before = await RuleRow.FindAsync(work.Db, place);
        request.RequireRevision(before.Revision);
        var rules = request.Read().Check();
        var change = before.Revision == 0
            ? """
              insert into purchase_rule (
                id, organisation_id, department_id, account_id, products, kinds, zones, times, max_purchase_minor, max_day_minor)
              values (
                @id, @OrganisationId, @RuleDepartmentId, @AccountId, @Products, @Kinds, @Zones, @Times, @MaxPurchaseMinor, @MaxDayMinor)
              """
            : $"""
              update purchase_rule
              set products = @Products, kinds = @Kinds, zones = @Zones, times = @Times, max_purchase_minor = @MaxPurchaseMinor,
                  max_day_minor = @MaxDayMinor, revision = revision + 1
              where {RuleRow.Condition(place)}
              """;
        await work.Db.ExecuteAsync(change, new
        {
            id = Guid.CreateVersion7(),
            place.OrganisationId,
            place.DepartmentId,
            place.RuleDepartmentId,
            place.AccountId,
            rules.Products,
            rules.Kinds,
            rules.Zones,
            rules.Times,
            rules.MaxPurchaseMinor,
            rules.MaxDayMinor,
        });
        var after = await RuleRow.FindAsync(work.Db, place);
        await work.AuditAsync(
            "rules.set", place.Subject, place.OperatorId, place.OrganisationId, place.DepartmentId,
            before.Revision == 0 ? null : before, after);
        return after;
    }
}
