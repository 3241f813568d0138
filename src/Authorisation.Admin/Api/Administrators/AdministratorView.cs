using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Work;

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
    /// <summary>The words of the rights, in the order in which they are shown.</summary>
    public static IReadOnlyDictionary<string, AdministratorRights> Words { get; } =
        new Dictionary<string, AdministratorRights>(StringComparer.Ordinal)
        {
            ["travellers"] = AdministratorRights.Travellers,
            ["credits"] = AdministratorRights.Credits,
            ["purchases"] = AdministratorRights.Purchases,
            ["reports"] = AdministratorRights.Reports,
            ["administrators"] = AdministratorRights.Administrators,
        };

    public static AdministratorView Of(AdministratorRow row) => new(
        row.Id,
        row.OrganisationId,
        row.Email,
        string.IsNullOrEmpty(row.Name) ? null : row.Name,
        row.IsOrganisationWide,
        row.Departments,
        [.. Words.Where(word => row.Rights.HasFlag(word.Value)).Select(word => word.Key)],
        row.AcceptedAt is null ? "invited" : "active",
        row.AcceptedAt);
}
