using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Credits;

/// <summary>Lists the open credits of a traveller that the principal may see, in the order of their ids.</summary>
internal sealed class ListCredits
{
    public async Task<IReadOnlyList<AccountRow>> RunAsync(UnitOfWork work, Guid travellerId, ListPage page)
    {
        var (_, scope) = await TravellerRow.GetVisibleAsync(work, travellerId);
        return [.. await work.Db.QueryAsync<AccountRow>(
            $"""
            select {AccountRow.Columns}
            where p.traveller_id = @travellerId and a.removed_at is null and a.id > @After
              and (@departments::uuid[] is null or p.department_id = any(@departments))
            order by a.id limit @Count
            """,
            new { travellerId, page.After, page.Count, departments = scope.ListedDepartmentsOf(travellerId) })];
    }
}
