using Authorisation.Administration.Administrators;

namespace Authorisation.Admin.Api.Administrators;

/// <summary>An administrator as the API shows it.</summary>
internal sealed record AdministratorView(
    Guid Id,
    Guid OrganisationId,
    string Email,
    string? Name,
    bool OrganisationWide,
    IReadOnlyList<Guid> Departments,
    IReadOnlyList<string> Rights,
    string Status,
    DateTime? AcceptedAt)
{
    public static AdministratorView Of(AdministratorRow row) => new(
        row.Id,
        row.OrganisationId,
        row.Email,
        string.IsNullOrEmpty(row.Name) ? null : row.Name,
        row.IsOrganisationWide,
        row.Departments,
        RightNames.Of(row.Rights),
        row.Status,
        row.AcceptedAt);
}
