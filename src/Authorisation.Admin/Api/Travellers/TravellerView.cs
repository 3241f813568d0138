using System.ComponentModel.DataAnnotations;
using Authorisation.Administration.Credits;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>A traveller.</summary>
/// <param name="Id">The traveller's id.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="DepartmentId">The department.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Mobile">The mobile number in E.164, such as +46701740605.</param>
/// <param name="Name">The name.</param>
/// <param name="Shared">Whether several people travel on it.</param>
/// <param name="EmployeeNumber">The number at the employer, for its payroll.</param>
/// <param name="SignIn">none, invited to sign in, or active once the invitation is accepted.</param>
internal sealed record TravellerView(
    Guid Id, Guid OrganisationId, Guid? DepartmentId, string Email, string? Mobile, string? Name, string? EmployeeNumber, bool Shared,
    [AllowedValues("none", "invited", "active")] string SignIn)
{
    public static TravellerView Of(TravellerRow row) => new(
        row.Id, row.OrganisationId, row.DepartmentId, row.Email, row.Mobile, row.Name.Length == 0 ? null : row.Name, row.EmployeeNumber,
        row.IsShared, row.SignIn);
}
