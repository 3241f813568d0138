using Authorisation.Administration.Work;

namespace Authorisation.Administration.Access;

/// <summary>
/// What a person may reach at one organisation. Operator staff may do everything there; an administrator what the
/// rights say, within the departments that were named; a traveller sees what is the traveller's own, wherever it is
/// paid, and nothing else: neither the organisation nor a department. What is a traveller's is asked for with <see
/// cref="RequireSight(Guid?, Guid?)"/> and <see cref="RequirePurchasesOf"/>, to change the own with <see
/// cref="RequireOwn"/>.
/// </summary>
/// <param name="IsStaff">Operator staff.</param>
/// <param name="Member">The administrator that the person is there; null for none.</param>
/// <param name="TravellerId">The traveller that the person is there; null for none.</param>
internal readonly record struct AccessScope(bool IsStaff, Membership? Member, Guid? TravellerId = null)
{
    /// <summary>Sees that the organisation exists.</summary>
    public bool SeesOrganisation => IsStaff || Member is not null;

    /// <summary>Reaches all of the organisation.</summary>
    public bool IsWide => IsStaff || Member is { IsOrganisationWide: true };

    /// <summary>Sees what belongs to a department.</summary>
    public bool Sees(Guid? departmentId) => IsWide
        || (Member is { } member && departmentId is { } id && member.Departments.Contains(id));

    /// <summary>Is the traveller.</summary>
    public bool Is(Guid? travellerId) => travellerId is not null && TravellerId == travellerId;

    /// <summary>Has a right.</summary>
    public bool Has(AdministratorRights right) => IsStaff || (Member is { } member && (member.Rights & right) == right);

    /// <summary>
    /// What the caller lacks to touch an open credit that a department pays for; null when it is nothing.
    /// </summary>
    public string? LacksForCredit(Guid departmentId) =>
        !Has(AdministratorRights.Credits) ? "touches open credit of the traveller, which takes the right 'credits'"
        : !Sees(departmentId) ? "touches open credit of the traveller that a department pays for which you do not administer"
        : null;

    /// <summary>404 unless the organisation can be seen.</summary>
    public AccessScope RequireSight()
    {
        if (!SeesOrganisation)
        {
            throw Problems.NotFound();
        }

        return this;
    }

    /// <summary>404 unless the department can be seen.</summary>
    public AccessScope RequireSight(Guid? departmentId)
    {
        if (!Sees(departmentId))
        {
            throw Problems.NotFound();
        }

        return this;
    }

    /// <summary>404 unless what is a traveller's, and belongs to the department, can be seen.</summary>
    public AccessScope RequireSight(Guid? departmentId, Guid? travellerId) =>
        Is(travellerId) ? this : RequireSight(departmentId);

    /// <summary>
    /// As <see cref="RequireSight(Guid?, Guid?)"/>, to change it as an administrator does: 403 for the traveller, who
    /// sees it as the own only, also one with rights in other departments.
    /// </summary>
    public AccessScope RequireAdministration(Guid? departmentId, Guid? travellerId) =>
        RequireSight(departmentId, travellerId).Sees(departmentId) ? this : throw Problems.Forbidden();

    /// <summary>403 unless purchases of the traveller may be seen: the own, or with the right to purchases.</summary>
    public AccessScope RequirePurchasesOf(Guid? travellerId) =>
        Is(travellerId) ? this : Require(AdministratorRights.Purchases);

    /// <summary>403 unless the caller is the traveller.</summary>
    public AccessScope RequireOwn(Guid travellerId) => Is(travellerId) ? this : throw Problems.Forbidden();

    /// <summary>403 unless all of the organisation is the caller's.</summary>
    public AccessScope RequireWide()
    {
        if (!IsWide)
        {
            throw Problems.Forbidden();
        }

        return this;
    }

    /// <summary>403 without a right.</summary>
    public AccessScope Require(AdministratorRights right)
    {
        if (!Has(right))
        {
            throw Problems.Forbidden();
        }

        return this;
    }

    /// <summary>
    /// 403, which says what is missing, unless the caller may touch an open credit that a department pays for.
    /// </summary>
    public AccessScope RequireCredit(Guid departmentId) =>
        LacksForCredit(departmentId) is { } lacks ? throw Problems.Forbidden($"This {lacks}.") : this;

    /// <summary>403 unless the caller is operator staff.</summary>
    public AccessScope RequireStaff()
    {
        if (!IsStaff)
        {
            throw Problems.Forbidden();
        }

        return this;
    }

    /// <summary>The departments that a list is narrowed to; null for all.</summary>
    public Guid[]? ListedDepartments => IsWide ? null : [.. Member?.Departments ?? (IEnumerable<Guid>)[]];

    /// <summary>
    /// The departments that a list of what is a traveller's is narrowed to; null for all, as for the own.
    /// </summary>
    public Guid[]? ListedDepartmentsOf(Guid? travellerId) => Is(travellerId) ? null : ListedDepartments;
}
