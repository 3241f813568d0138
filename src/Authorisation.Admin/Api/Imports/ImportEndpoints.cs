using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Imports;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Imports;

/// <summary>
/// How far an import has come, and what was wrong with rows. It waits, until the moment that is shown, while as many
/// codes have been sent as may be.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">applying, or done.</param>
/// <param name="Mode">all_or_nothing, valid_rows, or whole_list.</param>
/// <param name="RowsTotal">How many rows the file has.</param>
/// <param name="RowsApplied">How many rows added or changed something.</param>
/// <param name="RowsUnchanged">How many rows were as things stood already.</param>
/// <param name="RowsFailed">How many rows could not be applied.</param>
/// <param name="MadeAt">When the file was sent.</param>
/// <param name="DoneAt">When the last row was dealt with.</param>
/// <param name="WaitsUntil">When it goes on; absent when it does not wait.</param>
/// <param name="Errors">What was wrong with rows, with lines and columns; the first 1,000.</param>
/// <param name="Removal">The removal of those that the file does not have; of whole_list only.</param>
internal sealed record ImportView(
    Guid Id,
    [AllowedValues("applying", "done")] string Status,
    [WordsOf<ImportMode>] string Mode,
    int RowsTotal,
    int RowsApplied,
    int RowsUnchanged,
    int RowsFailed,
    DateTime MadeAt,
    DateTime? DoneAt,
    DateTime? WaitsUntil,
    IReadOnlyList<FieldError> Errors,
    RemovalView? Removal);

/// <summary>The removal of the travellers that a whole list does not have.</summary>
/// <param name="Status">
/// applying the file's rows first, waiting to be confirmed, removing, done, or lapsed: a later list was imported or a week
/// has passed.
/// </param>
/// <param name="Missing">How many travellers the file does not have.</param>
/// <param name="Travellers">Of how many: those of the caller's departments, without shared ones.</param>
/// <param name="Confirmation">What is sent to confirm the removal.</param>
/// <param name="CountRequired">Whether the number has to be sent, too: more than half would be removed.</param>
/// <param name="Removed">How many were removed.</param>
/// <param name="Kept">How many were kept, as they were changed since or may not be removed.</param>
internal sealed record RemovalView(
    [WordsOf<RemovalStatus>] string Status, int Missing, int Travellers, string Confirmation, bool CountRequired,
    int Removed, int Kept);

/// <summary>A traveller that a whole list does not have.</summary>
/// <param name="TravellerId">The traveller.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The name.</param>
/// <param name="DepartmentId">The department.</param>
/// <param name="Status">there, removed, or kept for a reason.</param>
/// <param name="Reason">Why it was kept.</param>
internal sealed record MissingView(
    Guid TravellerId, string Email, string? Name, Guid? DepartmentId,
    [AllowedValues("there", "removed", "kept")] string Status, string? Reason)
{
    public static MissingView Of(MissingTraveller row) => new(
        row.TravellerId, row.Email, row.Name.Length == 0 ? null : row.Name, row.DepartmentId, row.Status, row.Reason);
}

/// <summary>The confirmation of a removal.</summary>
/// <param name="Confirmation">What the import shows.</param>
/// <param name="Count">How many travellers are removed; required where they are more than half.</param>
internal sealed record RemovalBody(
    [Required, MaxLength(Limits.RemovalConfirmationCharacters)] string? Confirmation,
    [Range(0, int.MaxValue)] int? Count);

/// <summary>Files of travellers.</summary>
internal static class ImportEndpoints
{
    private const string OneImport = "/v1/organisations/{id:guid}/traveller-imports/{import:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/organisations/{id:guid}/traveller-imports", ImportAsync).WithName("import_travellers").WithTags("traveller imports")
            .Answers<ImportView>(
                StatusCodes.Status202Accepted, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge,
                StatusCodes.Status422UnprocessableEntity);
        routes.MapGet(OneImport, GetAsync).WithName("get_traveller_import").WithTags("traveller imports")
            .Answers<ImportView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapGet(OneImport + "/missing", MissingAsync).WithName("list_missing_travellers").WithTags("traveller imports")
            .Answers<Page<MissingView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost(OneImport + "/removal", RemoveAsync).WithName("remove_missing_travellers").WithTags("traveller imports")
            .Answers<ImportView>(
                StatusCodes.Status202Accepted, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/organisations/{id:guid}/traveller-imports/template", TemplateAsync).WithName("get_traveller_import_template").WithTags("traveller imports")
            .Produces<string>(StatusCodes.Status200OK, AnswerFormat.CsvType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.ContentType);
    }

    private static async Task<Reply> ImportAsync(
        Call call,
        ImportTravellers import,
        Guid id,
        [FromQuery, AllowedValues("all_or_nothing", "valid_rows", "whole_list")] string? mode,
        CsvBody body)
    {
        var progress = await import.RunAsync(call.Work, id, body.Bytes, mode switch
        {
            "valid_rows" => ImportMode.ValidRows,
            "whole_list" => ImportMode.WholeList,
            _ => ImportMode.AllOrNothing,
        });
        return new Reply(StatusCodes.Status202Accepted, View(progress))
        {
            Location = $"/v1/organisations/{id}/traveller-imports/{progress.Id}",
        };
    }

    private static async Task<Reply> GetAsync(Call call, GetImport get, Guid id, Guid import) =>
        Reply.Ok(View(await get.RunAsync(call.Work, id, import)));

    private static async Task<Reply> MissingAsync(
        Call call, GetImport get, Guid id, Guid import, [AsParameters] PageQuery page)
    {
        var rows = await get.MissingAsync(call.Work, id, import, page.OfIds);
        return Reply.Ok(Page<MissingView>.Of(rows, page.Size, MissingView.Of, row => row.TravellerId));
    }

    private static async Task<Reply> RemoveAsync(
        Call call, ConfirmRemoval confirm, Guid id, Guid import, Body<RemovalBody> body)
    {
        var progress = await confirm.RunAsync(call.Work, id, import, call.Request(body, sent =>
            new ConfirmRemovalRequest(sent.Confirmation, sent.Count)));
        return new Reply(StatusCodes.Status202Accepted, View(progress))
        {
            Location = $"/v1/organisations/{id}/traveller-imports/{import}",
        };
    }

    private static async Task<Reply> TemplateAsync(Call call, GetImportTemplate get, Guid id) => new(
        StatusCodes.Status200OK)
    {
        Text = await get.RunAsync(call.Work, id),
        ContentType = AnswerFormat.CsvType,
    };

    private static ImportView View(ImportProgress import) => new(
        import.Id,
        import.IsDone ? "done" : "applying",
        Words.Of(import.Mode),
        import.RowsTotal,
        import.RowsApplied,
        import.RowsUnchanged,
        import.RowsFailed,
        import.MadeAt,
        import.DoneAt,
        import.WaitsUntil,
        import.Errors,
        import.Removal is not { } removal ? null : new RemovalView(
            Words.Of(removal.Status), removal.Missing, removal.Travellers, removal.Confirmation, removal.NeedsCount,
            removal.Removed, removal.Kept));
}
