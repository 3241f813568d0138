using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Imports;

/// <summary>How the removal of those stands that a whole list does not have.</summary>
internal enum RemovalStatus
{
    /// <summary>The rows of the file are still being applied.</summary>
    Applying = 1,

    /// <summary>It waits to be confirmed.</summary>
    Waiting = 2,

    /// <summary>It was confirmed, and goes on.</summary>
    Removing = 3,

    /// <summary>Each was removed or kept.</summary>
    Done = 4,

    /// <summary>A later list was imported or a week has passed: it can no longer be confirmed.</summary>
    Lapsed = 5,
}

/// <summary>The removal of those that a whole list does not have.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Missing">How many the file does not have.</param>
/// <param name="Travellers">Of how many.</param>
/// <param name="Confirmation">What confirms that the list was seen.</param>
/// <param name="Removed">How many were removed.</param>
/// <param name="Kept">How many were kept for a reason.</param>
internal sealed record ImportRemoval(
    RemovalStatus Status, int Missing, int Travellers, string Confirmation, int Removed, int Kept)
{
    /// <summary>Whether so many would go that their number has to be said.</summary>
    public bool NeedsCount => Missing > Travellers / 2;
}

/// <summary>How far an import has come, and what was wrong with its rows.</summary>
internal sealed record ImportProgress
{
    public required Guid Id { get; init; }

    /// <summary>The person who sent the file.</summary>
    public required Guid PersonId { get; init; }

    /// <summary>Whether every row has been dealt with.</summary>
    public required bool IsDone { get; init; }

    /// <summary>What is done with the file.</summary>
    public required ImportMode Mode { get; init; }

    /// <summary>The removal of those that it does not have; null for another mode than a whole list.</summary>
    public ImportRemoval? Removal { get; init; }

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
            select id, person_id, state <> 1 as is_done,
                   case when is_whole_list then 3 when valid_rows_only then 2 else 1 end as mode, rows_total, rows_applied, rows_unchanged,
                   rows_failed, made_at, done_at,
                   case when state = 1 and not_before > ledger_now() then not_before end as waits_until
            from control.traveller_import where id = @id and organisation_id = @organisationId
            """,
            new { id, organisationId });
        return import is null
            ? null
            : import with
            {
                Errors = await ImportErrors.ListAsync(db, id),
                Removal = import.Mode == ImportMode.WholeList ? await RemovalAsync(db, id) : null,
            };
    }

    private static async Task<ImportRemoval> RemovalAsync(NpgsqlConnection db, Guid id)
    {
        var (status, missing, total, confirmation, removed, kept) =
            await db.QuerySingleAsync<(int, int, int, string, int, int)>(
                """
                select case when i.state = 1 then 1
                            when i.state = 4 then 3
                            when i.confirmed_at is not null then 4
                            when i.made_at < ledger_now() - @lifetime or exists (
                              select from control.traveller_import l
                              where l.organisation_id = i.organisation_id and l.is_whole_list and l.id > i.id) then 5
                            else 2
                       end,
                       i.missing_total, i.travellers_total, i.confirmation, i.removed_total, i.kept_total
                from control.traveller_import i
                where i.id = @id
                """,
                new { id, lifetime = Limits.RemovalConfirmationTime });
        return new ImportRemoval((RemovalStatus)status, missing, total, confirmation, removed, kept);
    }
}
