using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Administrators;

namespace Authorisation.Admin.Api.Administrators;

/// <summary>Marks a list of rights, by their words.</summary>
internal sealed class RightWordsAttribute : WordsOfAttribute
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> All => [.. RightNames.All.Keys];
}

/// <summary>An administrator, or a person who is invited to become one.</summary>
/// <param name="Id">The administrator's id; the same person has another one at another organisation.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The person's name; until the invitation is accepted the one that it was sent with.</param>
/// <param name="OrganisationWide">Whether the person administers the whole organisation.</param>
/// <param name="Departments">The departments that the person administers; empty for the whole organisation.</param>
/// <param name="Rights">What the person may do beside reading.</param>
/// <param name="Status">invited, or active once the invitation is accepted.</param>
/// <param name="AcceptedAt">When the invitation was accepted.</param>
internal sealed record AdministratorView(
    Guid Id,
    Guid OrganisationId,
    string Email,
    string? Name,
    bool OrganisationWide,
    IReadOnlyList<Guid> Departments,
    [RightWords] IReadOnlyList<string> Rights,
    [AllowedValues("invited", "active")] string Status,
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
