using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Imports;

/// <summary>How far an import has come, and what was wrong with its rows.</summary>
internal sealed record ImportProgress
{
    public required Guid Id { get; init; }

    /// <summary>The person who sent the file.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>Whether every row has been dealt with.</summary>
    public required bool IsDone { get; init; }

    /// <summary>Whether the right rows are taken of a file with errors, which is refused whole otherwise.</summary>
    public required bool ValidRowsOnly { get; init; }

    public required int RowsTotal { get; init; }

    public required int RowsApplied { get; init; }

    public required int RowsUnchanged { get; init; }

    public required int RowsFailed { get; init; }

    public required DateTime MadeAt { get; init; }

    public DateTime? DoneAt { get; init; }

    /// <summary>When it goes on, after as many codes as may be sent; null when it does not wait.</summary>
    public DateTime? WaitsUntil { get; init; }

    /// <summary>The first of what was wrong, with lines and columns.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Reads an import of an organisation; null when it has no such one.</summary>
    public static async Task<ImportProgress?> FindAsync(NpgsqlConnection db, Guid organisationId, Guid id)
    {
        var import = await db.QuerySingleOrDefaultAsync<ImportProgress>(
            """
            select id, person_id, state <> 1 as is_done, valid_rows_only, rows_total, rows_applied, rows_unchanged,
                   rows_failed, made_at, done_at,
                   case when state = 1 and not_before > ledger_now() then not_before end as waits_until
            from control.traveller_import where id = @id and organisation_id = @organisationId
            """,
            new { id, organisationId });
        return import is null ? null : import with { Errors = await ImportErrors.ListAsync(db, id) };
    }
}
