using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Imports;

/// <summary>A traveller that a whole list does not have.</summary>
internal sealed record MissingTraveller
{
    public required Guid TravellerId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public Guid? DepartmentId { get; init; }

    /// <summary>1 there, 2 removed, 3 kept.</summary>
    public required short State { get; init; }

    /// <summary>Why it was kept.</summary>
    public string? Reason { get; init; }

    /// <summary><c>there</c>, <c>removed</c>, or <c>kept</c> for a reason.</summary>
    public string Status => State switch { 1 => "there", 2 => "removed", _ => "kept" };
}

/// <summary>The travellers that a whole list does not have.</summary>
internal static class MissingTravellers
{
    /// <summary>
    /// Notes those of the travellers that the importer sees that are in no row. Shared ones and those without an e-mail
    /// address are no people that a list of employees could have.
    /// </summary>
    public static async Task NoteAsync(NpgsqlConnection db, Guid importId, Guid organisationId, AccessScope scope)
    {
        var known = (await db.QueryAsync<(Guid Id, long Revision, bool IsMissing)>(
            """
            select t.id, t.revision,
                   not exists (select from control.traveller_import_row r where r.import_id = @importId and r.email = t.email)
            from traveller t
            where t.organisation_id = @organisationId and t.removed_at is null and not t.is_shared and t.email <> ''
              and t.department_id is not null
              and (@departments::uuid[] is null or t.department_id = any(@departments))
            order by t.id
            """,
            new { importId, organisationId, departments = scope.ListedDepartments })).ToList();
        var missing = known.FindAll(one => one.IsMissing);
        await db.ExecuteAsync(
            """
            insert into control.traveller_import_missing (import_id, traveller_id, revision)
            select @importId, * from unnest(@ids::uuid[], @revisions::bigint[]);
            update control.traveller_import
            set is_whole_list = true, travellers_total = @total, missing_total = @missing, confirmation = @confirmation
            where id = @importId
            """,
            new
            {
                importId,
                ids = missing.Select(one => one.Id).ToArray(),
                revisions = missing.Select(one => one.Revision).ToArray(),
                total = known.Count,
                missing = missing.Count,
                confirmation = Digest(missing.Select(one => (one.Id, one.Revision))),
            });
    }

    /// <summary>Those of an import, in the order of their ids.</summary>
    public static async Task<IReadOnlyList<MissingTraveller>> ListAsync(NpgsqlConnection db, Guid importId, ListPage page) =>
        [.. await db.QueryAsync<MissingTraveller>(
            """
            select m.traveller_id, t.email, t.name, t.department_id, m.state, m.reason
            from control.traveller_import_missing m join traveller t on t.id = m.traveller_id
            where m.import_id = @importId and m.traveller_id > @After
            order by m.traveller_id limit @Count
            """,
            new { importId, page.After, page.Count })];

    private static string Digest(IEnumerable<(Guid Id, long Revision)> missing)
    {
        var text = new StringBuilder();
        foreach (var (id, revision) in missing)
        {
            text.Append(CultureInfo.InvariantCulture, $"{id} {revision}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
