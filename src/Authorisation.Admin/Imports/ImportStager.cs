using Authorisation.Admin.Access;
using Authorisation.Admin.Http;
using Authorisation.Admin.Organisations;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Admin.Imports;

/// <summary>Reads a file whole, checks every row, and stages what is to be applied.</summary>
internal static class ImportStager
{
    /// <summary>Stages a file.</summary>
    /// <returns>The import.</returns>
    /// <exception cref="ProblemException">422 with every error, when all or nothing was asked for; nothing is kept then.</exception>
    public static async Task<Guid> StageAsync(
        Call call, OrganisationRow organisation, AccessScope reach, byte[] file, bool validRowsOnly)
    {
        var terms = await OperatorTerms.GetAsync(call.Db, organisation.OperatorId);
        var context = await ImportContext.ReadAsync(call.Db, terms, organisation, reach);
        var (found, errors) = CsvFile.Read(file, terms.Language);
        var isFileWrong = errors.All.Count > 0;
        var checks = new RowChecks(context, errors);
        var rows = new List<ImportRow>(found.Count);
        var failed = 0;
        foreach (var row in found.Where(row => !ImportTemplate.IsExample(row[ImportColumn.Email])))
        {
            if (checks.Check(row) is { } right)
            {
                rows.Add(right);
            }
            else
            {
                failed++;
            }
        }

        if (isFileWrong || (errors.All.Count > 0 && !validRowsOnly))
        {
            throw new ProblemException(
                StatusCodes.Status422UnprocessableEntity, "rows_refused", "Nothing was imported: put these right first.",
                [.. errors.All.OrderBy(error => error.Line).ThenBy(error => error.Column).Take(Limits.ImportErrorsMax)]);
        }

        if (rows.Exists(row => row.LimitMinor is not null))
        {
            reach.Require(AdministratorRights.Credits);
        }

        return await KeepAsync(call, organisation, rows, errors, failed, validRowsOnly);
    }

    private static async Task<Guid> KeepAsync(
        Call call, OrganisationRow organisation, List<ImportRow> rows, FileErrors errors, int failed, bool validRowsOnly)
    {
        var id = Guid.CreateVersion7();
        await call.Db.ExecuteAsync(
            """
            insert into control.traveller_import
              (id, organisation_id, person_id, address, state, valid_rows_only, rows_total, rows_failed,
               column_names, column_places)
            values (@id, @organisationId, @person, @address, 1, @validRowsOnly, @total, @failed, @Names, @Places)
            """,
            new
            {
                id,
                organisationId = organisation.Id,
                person = call.Principal.PersonId,
                address = call.Address,
                validRowsOnly,
                total = rows.Count + failed,
                failed,
                errors.Header.Names,
                errors.Header.Places,
            });
        await call.Db.ExecuteAsync(
            """
            insert into control.traveller_import_row (import_id, line, email, name, mobile, department_id, limit_minor)
            select @id, * from unnest(
              @lines::integer[], @emails::text[], @names::text[], @mobiles::text[], @departments::uuid[], @limits::bigint[])
            """,
            new
            {
                id,
                lines = rows.Select(row => row.Line).ToArray(),
                emails = rows.Select(row => row.Email).ToArray(),
                names = rows.Select(row => row.Name).ToArray(),
                mobiles = rows.Select(row => row.Mobile).ToArray(),
                departments = rows.Select(row => row.DepartmentId).ToArray(),
                limits = rows.Select(row => row.LimitMinor).ToArray(),
            });
        await ImportErrors.AddAsync(call.Db, id, errors.All);
        await call.Change.AuditAsync(
            "travellers.imported", "traveller_import:" + id, organisation.OperatorId, organisation.Id,
            after: new { Rows = rows.Count, Failed = failed });
        return id;
    }
}
