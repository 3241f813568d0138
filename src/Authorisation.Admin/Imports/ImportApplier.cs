using Authorisation.Admin.Access;
using Authorisation.Admin.Credits;
using Authorisation.Admin.Http;
using Authorisation.Admin.Organisations;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Imports;

/// <summary>
/// Applies staged rows, a small number in each transaction: a purchase on one of their accounts waits no longer than such a
/// transaction takes. Rows are checked again, by the rules that single calls go by; a row that does not pass any more is
/// told as an error and stops none of the others.
/// </summary>
internal sealed class ImportApplier(AdminDatabase database, TravellerEditor editor, CreditGiver giver)
{
    /// <summary>Applies the next rows of the oldest import that nobody else is at.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> ApplyNextAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        await using var transaction = await db.BeginTransactionAsync(stop);
        var import = await db.QuerySingleOrDefaultAsync<Import>(
            """
            select i.id, i.organisation_id, i.person_id, i.address, p.email
            from control.traveller_import i join control.person p on p.id = i.person_id
            where i.state = 1 order by i.made_at limit 1 for update of i skip locked
            """);
        if (import is null)
        {
            return false;
        }

        var organisation = (await OrganisationRow.FindAsync(db, import.OrganisationId))!;
        var terms = await OperatorTerms.GetAsync(db, organisation.OperatorId);
        var change = new Change(db, import.PersonId, import.Email, import.Address);
        var rows = (await db.QueryAsync<ImportRow>(
            """
            select line, email, name, mobile, department_id, limit_minor from control.traveller_import_row
            where import_id = @Id and not is_done order by line limit @most
            """,
            new { import.Id, most = Limits.ImportChunkRows })).ToList();
        var (applied, unchanged, failed) = (0, 0, 0);
        foreach (var row in rows)
        {
            switch (await ApplyAsync(transaction, change, terms, organisation, import.Id, row))
            {
                case true: applied++; break;
                case false: unchanged++; break;
                default: failed++; break;
            }
        }

        await FinishAsync(db, import.Id, rows, (applied, unchanged, failed));
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    // True: applied; false: all was as the row says already; null: it failed, which is told.
    private async Task<bool?> ApplyAsync(
        NpgsqlTransaction transaction, Change change, OperatorTerms terms, OrganisationRow organisation, Guid importId, ImportRow row)
    {
        const string Savepoint = "row";
        await transaction.SaveAsync(Savepoint);
        var fields = new Fields();
        try
        {
            var changed = await ApplyAsync(change, terms, organisation, row, fields);
            if (fields.AllRight)
            {
                await transaction.ReleaseAsync(Savepoint);
                return changed;
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            fields.Add("email", "or the mobile number was taken meanwhile");
        }

        await transaction.RollbackAsync(Savepoint);
        await ImportErrors.AddAsync(change.Db, importId, fields.Errors.Select(error => error with { Line = row.Line, Column = 1 }));
        return null;
    }

    private async Task<bool> ApplyAsync(
        Change change, OperatorTerms terms, OrganisationRow organisation, ImportRow row, Fields fields)
    {
        var traveller = await change.Db.QuerySingleOrDefaultAsync<TravellerRow>(
            $"""
            select {TravellerRow.Columns}
            where t.organisation_id = @Id and t.email = @Email and t.removed_at is null and t.department_id is not null
            for no key update of t
            """,
            new { organisation.Id, row.Email });
        var changed = traveller is null;
        if (traveller is null)
        {
            traveller = New(organisation, row);
            await TravellerEditor.AddAsync(change, traveller);
        }
        else
        {
            var after = traveller with
            {
                Name = row.Name.Length > 0 ? row.Name : traveller.Name,
                Mobile = row.Mobile ?? traveller.Mobile,
                DepartmentId = row.DepartmentId ?? traveller.DepartmentId,
            };
            if (after != traveller)
            {
                await TravellerEditor.CheckAppAsync(change.Db, fields, traveller, after);
                if (!fields.AllRight)
                {
                    return false;
                }

                await editor.ChangeAsync(change, terms, traveller, after);
                (traveller, changed) = (after, true);
            }
        }

        return row.LimitMinor is { } limit
            ? await SetLimitAsync(change, terms, organisation, traveller, limit, fields) || changed
            : changed;
    }

    private async Task<bool> SetLimitAsync(
        Change change, OperatorTerms terms, OrganisationRow organisation, TravellerRow traveller, long limit, Fields fields)
    {
        var app = (await change.Db.QueryAsync<(Guid Id, long LimitMinor)>(
            """
            select a.id, a.limit_minor from credit_account a join particulars p on p.id = a.particulars_id
            where p.traveller_id = @Id and a.kind = 2 and a.removed_at is null
            """,
            new { traveller.Id })).ToList();
        if (app.Count == 0)
        {
            await giver.GiveAsync(
                change, terms, organisation, traveller,
                new NewAccount(InstrumentKind.App, null, traveller.DepartmentId!.Value, limit), fields);
            return true;
        }

        var (account, current) = app[0];
        if (current == limit)
        {
            return false;
        }

        await CreditGiver.CheckLimitAsync(change.Db, fields, terms, organisation, traveller.Id, limit, account);
        if (fields.AllRight)
        {
            await change.Db.ExecuteAsync(
                "update credit_account set limit_minor = @limit, revision = revision + 1 where id = @account",
                new { account, limit });
            await change.AuditAsync(
                "credit_account.changed", "credit_account:" + account, terms.Id, organisation.Id, traveller.DepartmentId,
                new { LimitMinor = current }, new { LimitMinor = limit });
        }

        return true;
    }

    private static TravellerRow New(OrganisationRow organisation, ImportRow row) => new()
    {
        Id = Guid.CreateVersion7(),
        OrganisationId = organisation.Id,
        OperatorId = organisation.OperatorId,
        DepartmentId = row.DepartmentId,
        Email = row.Email,
        Name = row.Name,
        Mobile = row.Mobile,
        IsShared = false,
        Revision = 1,
    };

    private static Task<int> FinishAsync(
        NpgsqlConnection db, Guid importId, List<ImportRow> rows, (int Applied, int Unchanged, int Failed) counts) =>
        db.ExecuteAsync(
            """
            update control.traveller_import_row set is_done = true where import_id = @importId and line = any(@lines);
            update control.traveller_import
            set rows_applied = rows_applied + @applied, rows_unchanged = rows_unchanged + @unchanged,
                rows_failed = rows_failed + @failed
            where id = @importId;
            update control.traveller_import set state = 2, done_at = clock_timestamp()
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

        public required string Email { get; init; }
    }
}
