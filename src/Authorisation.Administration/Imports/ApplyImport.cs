using System.Data;
using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Applies staged rows, a small number in each transaction: a purchase on one of their accounts waits no longer than
/// such a transaction takes. Rows are checked again, by the rules that single calls go by and by what the importer may
/// do now; a row that no longer passes is reported as an error and stops none of the others.
/// </summary>
/// <remarks>For the one worker of a host.</remarks>
internal sealed partial class ApplyImport(
    ControlDatabase database, ApplyImportRow applyRow, RemoveMissing removeMissing, ILogger<ApplyImport> logger)
{
    private const string RowSavepoint = "row";

    // The imports that could not continue at their last try, the latest one last. They come after all others, and so
    // delay only themselves.
    private readonly List<Guid> _heldUp = [];

    /// <summary>
    /// Applies the next rows of the oldest import that no other session applies and nothing holds up; or removes the next
    /// of those that a whole list does not have.
    /// </summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        await using var transaction = await db.BeginTransactionAsync(stop);
        var import = await db.QuerySingleOrDefaultAsync<Import>(
            """
            select i.id, i.organisation_id, i.person_id, i.address, i.column_names, i.column_places, p.email,
                   i.state = 4 as is_removing
            from control.traveller_import i join control.person p on p.id = i.person_id
            where i.state in (1, 4) and (i.not_before is null or i.not_before <= ledger_now())
            order by array_position(@heldUp, i.id) nulls first, i.made_at limit 1
            for update of i skip locked
            """,
            new { heldUp = _heldUp.ToArray() });
        if (import is null)
        {
            return false;
        }

        _heldUp.Remove(import.Id);
        try
        {
            await (import.IsRemoving ? removeMissing.RunAsync(transaction, import.Id) : ApplyAsync(transaction, import));
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch
        {
            _heldUp.Add(import.Id);
            throw;
        }

        return true;
    }

    private async Task ApplyAsync(NpgsqlTransaction transaction, Import import)
    {
        var db = transaction.Connection!;
        var scope = await ScopeAsync(db, import);
        var rows = (await db.QueryAsync<ImportRow>(
            """
            select line, email, name, mobile, department_id, limit_minor from control.traveller_import_row
            where import_id = @Id and not is_done and (not_before is null or not_before <= ledger_now())
            order by line limit @most
            """,
            new { import.Id, most = Limits.ImportChunkRows })).ToList();
        var (applied, unchanged, failed) = (0, 0, 0);
        var done = new List<ImportRow>();
        foreach (var row in rows)
        {
            bool? changed;
            try
            {
                changed = await ApplyAsync(transaction, scope, import, row);
            }
            catch (TooManyMessagesException e)
            {
                await transaction.RollbackAsync(RowSavepoint);
                await PutOffAsync(db, import.Id, row, e.Bound);
                if (e.Bound.Of == BoundOf.Receiver)
                {
                    continue;
                }

                // The rows behind it would meet the same bound.
                break;
            }

            done.Add(row);
            switch (changed)
            {
                case true: applied++; break;
                case false: unchanged++; break;
                default: failed++; break;
            }
        }

        await FinishAsync(db, import.Id, done, (applied, unchanged, failed));
    }

    // Messages are bounded by receiver and by organisation: a row that would send one too many waits until it would
    // not.
    private async Task PutOffAsync(NpgsqlConnection db, Guid import, ImportRow row, MessageBound bound)
    {
        LogPutOff(import, row.Line, bound.Of, bound.Wait);
        await db.ExecuteAsync(
            bound.Of == BoundOf.Receiver
                ? "update control.traveller_import_row set not_before = ledger_now() + @Wait where import_id = @import and line = @Line"
                : "update control.traveller_import set not_before = ledger_now() + @Wait where id = @import",
            new { import, row.Line, bound.Wait });
    }

    private static async Task<ImportScope> ScopeAsync(NpgsqlConnection db, Import import)
    {
        await OrganisationRow.LockSharedAsync(db, import.OrganisationId);
        var organisation = (await OrganisationRow.FindAsync(db, import.OrganisationId))!;
        var terms = await OperatorTerms.GetAsync(db, organisation.OperatorId);
        var principal = await Principal.ReadAsync(db, import.PersonId, import.Email);
        var access = principal.At(organisation.OperatorId, organisation.Id);
        return new ImportScope(
            new UnitOfWork(db, principal, import.Address),
            // Single calls are left a part of what the organisation may send in an hour.
            terms with { OrganisationSmsPerHour = Math.Max(1, terms.OrganisationSmsPerHour * Limits.ImportMessagesPercent / 100) },
            organisation,
            access,
            (await DepartmentRow.OpenAsync(db, organisation.Id, access)).Select(one => one.Id).ToHashSet());
    }

    // True: applied; false: all was already as the row says; null: it failed, which is reported.
    private async Task<bool?> ApplyAsync(NpgsqlTransaction transaction, ImportScope scope, Import import, ImportRow row)
    {
        await transaction.SaveAsync(RowSavepoint);
        var fields = new Fields();
        try
        {
            var changed = await applyRow.RunAsync(scope, row, fields);
            if (fields.IsValid)
            {
                await transaction.ReleaseAsync(RowSavepoint);
                return changed;
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            fields.Add("email", FieldCode.Taken, "or the mobile number was taken meanwhile");
        }
        catch (Exception e) when (!IsPassing(e) && scope.Work.Db.State == ConnectionState.Open)
        {
            // It would fail again, however often it is tried, and the rows behind it would wait for ever.
            LogRowFailed(e, row.Line, import.Id);
            fields.Add(
                "file", FieldCode.NotPossible, "has a row that could not be applied: the operator's log says why");
        }

        await transaction.RollbackAsync(RowSavepoint);
        var errors = new FileErrors(new FileHeader(import.ColumnNames, import.ColumnPlaces));
        foreach (var error in fields.Errors)
        {
            errors.Add(row.Line, error);
        }

        await ImportErrors.AddAsync(scope.Work.Db, import.Id, errors.All);
        return null;
    }

    // Not the row's own fault: the whole part is tried again.
    private static bool IsPassing(Exception exception) =>
        exception is TooManyMessagesException or NpgsqlException { IsTransient: true } or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    private static Task<int> FinishAsync(
        NpgsqlConnection db, Guid importId, List<ImportRow> rows, (int Applied, int Unchanged, int Failed) counts) =>
        db.ExecuteAsync(
            """
            update control.traveller_import_row set is_done = true where import_id = @importId and line = any(@lines);
            update control.traveller_import
            set rows_applied = rows_applied + @applied, rows_unchanged = rows_unchanged + @unchanged,
                rows_failed = rows_failed + @failed
            where id = @importId;
            -- What is left waits for the first of its rows, or as a whole.
            update control.traveller_import i set not_before = greatest(i.not_before, (
              select min(r.not_before) from control.traveller_import_row r where r.import_id = @importId and not r.is_done))
            where i.id = @importId and not exists (
              select from control.traveller_import_row r
              where r.import_id = @importId and not r.is_done and (r.not_before is null or r.not_before <= ledger_now()));
            update control.traveller_import set state = 2, done_at = ledger_now()
            where id = @importId
              and not exists (select from control.traveller_import_row where import_id = @importId and not is_done);
            delete from control.traveller_import_row r using control.traveller_import i
            where i.id = @importId and i.state = 2 and r.import_id = i.id
            """,
            new
            {
                importId,
                lines = rows.Select(row => row.Line).ToArray(),
                applied = counts.Applied,
                unchanged = counts.Unchanged,
                failed = counts.Failed,
            });

    private sealed record Import
    {
        public required Guid Id { get; init; }

        public required Guid OrganisationId { get; init; }

        public required Guid PersonId { get; init; }

        public string? Address { get; init; }

        public required string[] ColumnNames { get; init; }

        public required int[] ColumnPlaces { get; init; }

        public required string Email { get; init; }

        /// <summary>Its rows are applied, and those that it does not have are being removed.</summary>
        public required bool IsRemoving { get; init; }
    }

    [LoggerMessage(
        5655, LogLevel.Information,
        "Import {Import} waits at line {Line}: a code is one too many for its {Bound} for another {Wait}")]
    private partial void LogPutOff(Guid import, int line, BoundOf bound, TimeSpan wait);

    [LoggerMessage(5202, LogLevel.Error, "Line {Line} of import {Import} failed and is skipped")]
    private partial void LogRowFailed(Exception exception, int line, Guid import);
}
