using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Imports;
using Authorisation.Administration.Work;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Imports;

/// <summary>
/// How far an import has come, and what was wrong with rows. It waits, until the moment that is shown, while as many
/// codes have been sent as may be.
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
        routes.MapPost("/v1/organisations/{id:guid}/traveller-imports", ImportAsync).WithName("import_travellers").WithTags("traveller imports")
            .Answers<ImportView>(
                StatusCodes.Status202Accepted, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge,
                StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/organisations/{id:guid}/traveller-imports/{import:guid}", GetAsync).WithName("get_traveller_import").WithTags("traveller imports")
            .Answers<ImportView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/organisations/{id:guid}/traveller-imports/template", TemplateAsync).WithName("get_traveller_import_template").WithTags("traveller imports")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.ContentType);
    }

    private static async Task<Reply> ImportAsync(
        Call call,
        ImportTravellers import,
        Guid id,
        [FromQuery, AllowedValues("all_or_nothing", ValidRows)] string? mode,
        CsvBody body)
    {
        var progress = await import.RunAsync(call.Work, id, body.Bytes, validRowsOnly: mode == ValidRows);
        return new Reply(StatusCodes.Status202Accepted, View(progress))
        {
            Location = $"/v1/organisations/{id}/traveller-imports/{progress.Id}",
        };
    }

    private static async Task<Reply> GetAsync(Call call, GetImport get, Guid id, Guid import) =>
        Reply.Ok(View(await get.RunAsync(call.Work, id, import)));

    private static async Task<Reply> TemplateAsync(Call call, GetImportTemplate get, Guid id) => new(
        StatusCodes.Status200OK)
    {
        Text = await get.RunAsync(call.Work, id),
        ContentType = "text/csv",
    };

    private static ImportView View(ImportProgress import) => new(
        import.Id,
        import.IsDone ? "done" : "applying",
        import.ValidRowsOnly ? ValidRows : "all_or_nothing",
        import.RowsTotal,
        import.RowsApplied,
        import.RowsUnchanged,
        import.RowsFailed,
        import.MadeAt,
        import.DoneAt,
        import.WaitsUntil,
        import.Errors);
}
