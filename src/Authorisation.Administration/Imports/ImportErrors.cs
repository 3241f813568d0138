using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Imports;

/// <summary>What was wrong with rows of an import: the first of it, where there is very much.</summary>
internal static class ImportErrors
{
    public static Task AddAsync(NpgsqlConnection db, Guid importId, IEnumerable<FieldError> errors)
    {
        var all = errors.ToList();
        return db.ExecuteAsync(
            """
            insert into control.traveller_import_error (import_id, line, place, field, code, message)
            select @importId, *
            from unnest(@lines::integer[], @places::integer[], @fields::text[], @codes::text[], @messages::text[])
            limit greatest(0, @most - (select count(*) from control.traveller_import_error where import_id = @importId))
            """,
            new
            {
                importId,
                lines = all.Select(one => one.Line ?? 1).ToArray(),
                places = all.Select(one => one.Column ?? 1).ToArray(),
                fields = all.Select(one => one.Field).ToArray(),
                codes = all.Select(one => Words.Of(one.Code)).ToArray(),
                messages = all.Select(one => one.Message).ToArray(),
                most = Limits.ImportErrorsMax,
            });
    }

    public static async Task<IReadOnlyList<FieldError>> ListAsync(NpgsqlConnection db, Guid importId) =>
        [.. (await db.QueryAsync<(string Field, string Code, string Message, int Line, int Place)>(
            """
            select field, code, message, line, place from control.traveller_import_error
            where import_id = @importId order by line, place
            """,
            new { importId })).Select(row =>
            new FieldError(row.Field, Words.Read<FieldCode>(row.Code), row.Message, row.Line, row.Place))];
}
