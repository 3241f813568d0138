namespace Authorisation.Administration.Access;

/// <summary>What a person is at one organisation.</summary>
/// <param name="AdministratorId">The administrator.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="IsOrganisationWide">All departments, and the organisation itself.</param>
/// <param name="Rights">What may be changed there.</param>
/// <param name="Departments">
/// The departments, those below them included; counts when it is not organisation-wide.
/// </param>
internal sealed record Membership(
    Guid AdministratorId,
    Guid OrganisationId,
    bool IsOrganisationWide,
    AdministratorRights Rights,
    IReadOnlySet<Guid> Departments);
