using Authorisation.Administration.Credits;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>A traveller as the API shows it.</summary>
internal sealed record TravellerView(
    Guid Id, Guid OrganisationId, Guid? DepartmentId, string Email, string? Mobile, string? Name, bool Shared)
{
    public static TravellerView Of(TravellerRow row) => new(
        row.Id, row.OrganisationId, row.DepartmentId, row.Email, row.Mobile, row.Name.Length == 0 ? null : row.Name,
        row.IsShared);
}
