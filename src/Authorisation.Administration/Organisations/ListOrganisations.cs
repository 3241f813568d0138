using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Organisations;

/// <summary>Which organisations a list is narrowed to.</summary>
/// <param name="Status">A <see cref="OrganisationRow.StatusName"/>; null for all.</param>
/// <param name="Search">Part of a name, or an organisation number; null for all.</param>
internal sealed record OrganisationFilter(string? Status, string? Search);

/// <summary>
/// Lists the organisations that the principal may see, in the order of their ids: those of its operators, those that it
/// administers, and the applications that it may decide on.
/// </summary>
internal sealed class ListOrganisations
{
    public async Task<IReadOnlyList<OrganisationRow>> RunAsync(
        UnitOfWork work, OrganisationFilter filter, ListPage page)
    {
        var condition = filter.Status switch
        {
            "applied" => "g.status = 1",
            "active" => "g.status = 2 and g.suspended_at is null",
            "suspended" => "g.status = 2 and g.suspended_at is not null",
            "refused" => "g.status = 3",
            "joined" => "g.status = 4",
            _ => "true",
        };
        // Only with what the principal has, so that an index is found for it.
        string?[] seen =
        [
            work.Principal.StaffOf.Count > 0 ? "g.operator_id = any(@staffOf)" : null,
            "g.id = any(@mine)",
            work.Principal.Memberships.Count > 0 ? "g.applies_to = any(@decided)" : null,
        ];
        return [.. await work.Db.QueryAsync<OrganisationRow>(
            $"""
            select {OrganisationRow.Columns}
            where g.id > @After and {condition}
              and ({string.Join(" or ", seen.Where(part => part is not null))})
              and (@text::text is null or g.name ilike '%' || @text || '%' or g.organisation_number = @text)
            order by g.id limit @Count
            """,
            new
            {
                page.After,
                page.Count,
                text = SearchText.Escape(filter.Search),
                staffOf = work.Principal.StaffOf.ToArray(),
                mine = work.Principal.Memberships.Keys.ToArray(),
                decided = work.Principal.Memberships.Values
                    .Where(one => one.IsOrganisationWide && one.Rights.HasFlag(AdministratorRights.Administrators))
                    .Select(one => one.OrganisationId).ToArray(),
            })];
    }
}
