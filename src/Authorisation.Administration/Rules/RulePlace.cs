using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Rules;

/// <summary>Whose rules on purchases are read or changed: a credit's, a department's or an organisation's.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="DepartmentId">The department whose rules they are, or that pays for the credit.</param>
/// <param name="AccountId">The credit whose rules they are.</param>
internal sealed record RulePlace(int OperatorId, Guid OrganisationId, Guid? DepartmentId, Guid? AccountId)
{
    /// <summary>The department in the row of the rules: of a credit's there is none.</summary>
    public Guid? RuleDepartmentId => AccountId is null ? DepartmentId : null;

    /// <summary>Whose they are, as the audit trail names it.</summary>
    public string Subject => this switch
    {
        { AccountId: { } account } => "credit_account:" + account,
        { DepartmentId: { } department } => "department:" + department,
        _ => "organisation:" + OrganisationId,
    };

    /// <summary>The place, for a principal who may see it.</summary>
    /// <exception cref="RefusedException">404.</exception>
    public static async Task<RulePlace> GetVisibleAsync(UnitOfWork work, RuleOwner owner, Guid id)
    {
        switch (owner)
        {
            case RuleOwner.Credit:
                return Of((await AccountRow.GetVisibleAsync(work, id)).Row);
            case RuleOwner.Department:
                return Of((await DepartmentRow.GetVisibleAsync(work, id)).Row);
            default:
                var (row, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, id);
                return Of(row, scope);
        }
    }

    /// <summary>
    /// As <see cref="GetVisibleAsync"/>, to change its rules, which takes the right to credits; locks what they are a
    /// part of. An organisation's are for those who administer all of it.
    /// </summary>
    /// <exception cref="RefusedException">403, 404, 409.</exception>
    public static async Task<RulePlace> LockForChangeAsync(UnitOfWork work, RuleOwner owner, Guid id)
    {
        switch (owner)
        {
            case RuleOwner.Credit:
                var (account, ofAccount) = await AccountRow.LockForChangeAsync(work, id);
                ofAccount.Require(AdministratorRights.Credits);
                return Of(account);
            case RuleOwner.Department:
                var (department, ofDepartment) = await DepartmentRow.LockForChangeAsync(work, id);
                ofDepartment.Require(AdministratorRights.Credits);
                department.RequireOpen();
                return Of(department);
            default:
                var (row, scope) = await OrganisationRow.LockForChangeAsync(work, id);
                scope.RequireWide().Require(AdministratorRights.Credits);
                return row.Status == OrganisationStatus.Customer
                    ? Of(row, scope)
                    : throw new RefusedException(ProblemCode.NotACustomer, "The organisation is not a customer.");
        }
    }

    private static RulePlace Of(AccountRow row) => new(row.OperatorId, row.OrganisationId, row.DepartmentId, row.Id);

    private static RulePlace Of(DepartmentRow row) => new(row.OperatorId, row.OrganisationId, row.Id, AccountId: null);

    private static RulePlace Of(OrganisationRow row, AccessScope scope) =>
        scope.SeesOrganisation ? new(row.OperatorId, row.Id, DepartmentId: null, AccountId: null) : throw Problems.NotFound();
}
