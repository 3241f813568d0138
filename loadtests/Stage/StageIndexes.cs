using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>
/// Fills the table of authorisations without those of its indexes that are not unique, and makes them again afterwards:
/// keeping them meanwhile is by far the greater part of the time.
/// </summary>
internal static class StageIndexes
{
    private const string Secondary = """
        select indexname, indexdef
        from pg_indexes
        where tablename = 'authorisation' and indexdef not ilike 'create unique%'
        """;

    /// <summary>Does it without them.</summary>
    public static async Task WithoutAsync(NpgsqlConnection connection, Func<Task> fillAsync)
    {
        var indexes = (await connection.QueryAsync<(string Name, string Definition)>(Secondary)).ToList();
        foreach (var (name, _) in indexes)
        {
            await connection.ExecuteAsync($"drop index {name}");
        }

        await fillAsync();
        await connection.ExecuteAsync("set maintenance_work_mem = '512MB'");
        foreach (var (_, definition) in indexes)
        {
            // That of a table with partitions names the table alone.
            await connection.ExecuteAsync(definition.Replace(" ON ONLY ", " ON ", StringComparison.Ordinal));
        }
    }
}
