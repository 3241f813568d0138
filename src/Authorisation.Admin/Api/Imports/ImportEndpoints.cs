using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Imports;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Imports;

/// <summary>
/// How far an import has come, and what was wrong with rows. It waits, until the moment that is shown, while as many codes
/// have been sent as may be.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">applying, or done.</param>
/// <param name="Mode">all_or_nothing, or valid_rows.</param>
/// <param name="RowsTotal">How many rows the file has.</param>
/// <param name="RowsApplied">How many rows added or changed something.</param>
/// <param name="RowsUnchanged">How many rows were as things stood already.</param>
/// <param name="RowsFailed">How many rows could not be applied.</param>
/// <param name="MadeAt">When the file was sent.</param>
/// <param name="DoneAt">When the last row was dealt with.</param>
/// <param name="WaitsUntil">When it goes on; absent when it does not wait.</param>
/// <param name="Errors">What was wrong with rows, with lines and columns; the first 1,000.</param>
internal sealed record ImportView(
    Guid Id,
    [AllowedValues("applying", "done")] string Status,
    [AllowedValues("all_or_nothing", "valid_rows")] string Mode,
    int RowsTotal,
    int RowsApplied,
    int RowsUnchanged,
    int RowsFailed,
    DateTime MadeAt,
    DateTime? DoneAt,
    DateTime? WaitsUntil,
    IReadOnlyList<FieldError> Errors);

/// <summary>Files of travellers.</summary>
internal static class ImportEndpoints
{
    private const string ValidRows = "valid_rows";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/organisations/{id:guid}/traveller-imports", StageAsync).WithName("import_travellers").WithTags("traveller imports")
            .Answers<ImportView>(
                StatusCodes.Status202Accepted, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/organisations/{id:guid}/traveller-imports/{import:guid}", GetAsync).WithName("get_traveller_import").WithTags("traveller imports")
            .Answers<ImportView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/organisations/{id:guid}/traveller-imports/template", TemplateAsync).WithName("get_traveller_import_template").WithTags("traveller imports")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.ContentType);
    }

    private static async Task<Reply> StageAsync(
        Call call, Guid id, [FromQuery, AllowedValues("all_or_nothing", ValidRows)] string? mode, CsvBody body)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleCustomerAsync(call.Work, id);
        scope.Require(AdministratorRights.Travellers);
        var import = await ImportStager.StageAsync(call.Work, organisation, scope, body.Bytes, mode == ValidRows);
        var (view, _) = (await FindAsync(call, id, import)).GetValueOrDefault();
        return new Reply(StatusCodes.Status202Accepted, view)
        {
            Location = $"/v1/organisations/{id}/traveller-imports/{import}",
        };
    }

    private static async Task<Reply> GetAsync(Call call, Guid id, Guid import)
    {
        var (_, scope) = await OrganisationRow.GetVisibleAsync(call.Work, id);
        var found = await FindAsync(call, id, import);
        return found is { } one && (scope.IsWide || one.PersonId == call.Principal.PersonId)
            ? Reply.Ok(one.View)
            : throw Problems.NotFound();
    }

    private static async Task<Reply> TemplateAsync(Call call, Guid id)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleAsync(call.Work, id);
        var terms = await OperatorTerms.GetAsync(call.Db, organisation.OperatorId);
        var departments = await DepartmentRow.OpenAsync(call.Db, id, scope);
        return new Reply(StatusCodes.Status200OK)
        {
            Text = ImportTemplate.Write(terms.Language, terms.Country, DepartmentRow.DefaultOf(departments)?.Name),
            ContentType = "text/csv",
        };
    }

    private static async Task<(ImportView View, Guid PersonId)?> FindAsync(Call call, Guid organisationId, Guid importId)
    {
        var row = await call.Db.QuerySingleOrDefaultAsync<Row>(
            "select * from control.traveller_import where id = @importId and organisation_id = @organisationId",
            new { importId, organisationId });
        return row is null
            ? null
            : (new ImportView(
                row.Id,
                row.State == 1 ? "applying" : "done",
                row.ValidRowsOnly ? "valid_rows" : "all_or_nothing",
                row.RowsTotal,
                row.RowsApplied,
                row.RowsUnchanged,
                row.RowsFailed,
                row.MadeAt,
                row.DoneAt,
                row.State == 1 && row.NotBefore > (await ControlDatabase.NowAsync(call.Db)).UtcDateTime ? row.NotBefore : null,
                await ImportErrors.ListAsync(call.Db, importId)), row.PersonId);
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid PersonId { get; init; }

        public required short State { get; init; }

        public required bool ValidRowsOnly { get; init; }

        public required int RowsTotal { get; init; }

        public required int RowsApplied { get; init; }

        public required int RowsUnchanged { get; init; }

        public required int RowsFailed { get; init; }

        public required DateTime MadeAt { get; init; }

        public DateTime? DoneAt { get; init; }

        public DateTime? NotBefore { get; init; }
    }
}
