using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Imports a file of travellers: reads it whole, checks every row, and stages what <see cref="ApplyImport"/> is to
/// apply.
/// </summary>
internal sealed class ImportTravellers
{
    /// <summary>Stages a file.</summary>
    /// <param name="work">The unit of work.</param>
    /// <param name="organisationId">The organisation.</param>
    /// <param name="file">The file as it was sent.</param>
    /// <param name="mode">What is done with it.</param>
    /// <returns>The import, of which nothing has been applied yet.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen or is no customer, the principal lacks a right, or the file is refused, with
    /// every error.
    /// </exception>
    public async Task<ImportProgress> RunAsync(UnitOfWork work, Guid organisationId, byte[] file, ImportMode mode)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        scope.Require(AdministratorRights.Travellers);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var context = await ImportContext.ReadAsync(work.Db, terms, organisation, scope);
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

        if (isFileWrong || (errors.All.Count > 0 && mode != ImportMode.ValidRows))
        {
            throw new RefusedException(
                ProblemCode.RowsRefused, "Nothing was imported: put these right first.",
                [.. errors.All.OrderBy(error => error.Line).ThenBy(error => error.Column).Take(Limits.ImportErrorsMax)]);
        }

        if (rows.Exists(row => row.LimitMinor is not null))
        {
            scope.Require(AdministratorRights.Credits);
        }

        var id = await StoreAsync(work, organisation, rows, errors, failed, mode == ImportMode.ValidRows);
        if (mode == ImportMode.WholeList)
        {
            await MissingTravellers.NoteAsync(work.Db, id, organisationId, scope);
        }

        return (await ImportProgress.FindAsync(work.Db, organisationId, id))!;
    }

    private static async Task<Guid> StoreAsync(
        UnitOfWork work, OrganisationRow organisation, List<ImportRow> rows, FileErrors errors, int failed,
        bool validRowsOnly)
    {
        var id = Guid.CreateVersion7();
        await work.Db.ExecuteAsync(
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
                person = work.Principal.PersonId,
                address = work.Address,
                validRowsOnly,
                total = rows.Count + failed,
                failed,
                errors.Header.Names,
                errors.Header.Places,
            });
        await work.Db.ExecuteAsync(
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
        await ImportErrors.AddAsync(work.Db, id, errors.All);
        await work.AuditAsync(
            "travellers.imported", "traveller_import:" + id, organisation.OperatorId, organisation.Id,
            after: new { Rows = rows.Count, Failed = failed });
        return id;
    }
}
