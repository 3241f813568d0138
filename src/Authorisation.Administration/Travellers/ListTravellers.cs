using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>Which travellers a list is narrowed to.</summary>
/// <param name="Search">Part of a name, an e-mail address or a mobile number; null for all.</param>
/// <param name="DepartmentId">The department that they are in; null for all.</param>
internal sealed record TravellerFilter(string? Search, Guid? DepartmentId);

/// <summary>Lists the travellers of an organisation that the principal may see, in the order of their ids.</summary>
internal sealed class ListTravellers
{
    // Fewer digits would be found in every number.
    private const int DigitsMin = 4;

    /// <exception cref="RefusedException">The organisation cannot be seen.</exception>
    public async Task<IReadOnlyList<TravellerRow>> RunAsync(
        UnitOfWork work, Guid organisationId, TravellerFilter filter, ListPage page)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(work, organisationId);
        return [.. await work.Db.QueryAsync<TravellerRow>(
            $"""
            select {TravellerRow.Columns}
            where t.organisation_id = @organisationId and t.removed_at is null and t.id > @After
              and (@departments::uuid[] is null or t.department_id = any(@departments))
              and (@DepartmentId::uuid is null or t.department_id = @DepartmentId)
              and (@text::text is null or t.name ilike @text or t.email ilike @text or t.mobile like @digits)
            order by t.id limit @Count
            """,
            new
            {
                organisationId,
                page.After,
                page.Count,
                departments = scope.ListedDepartments,
                filter.DepartmentId,
                text = SearchText.Escape(filter.Search) is { } text ? $"%{text}%" : null,
                digits = DigitsOf(filter.Search),
            })];
    }

    // 070-123 and +46 70 123 find the same number.
    private static string? DigitsOf(string? search)
    {
        var digits = new string([.. (search ?? "").Where(char.IsAsciiDigit)]).TrimStart('0');
        return digits.Length < DigitsMin ? null : $"%{digits}%";
    }
}
