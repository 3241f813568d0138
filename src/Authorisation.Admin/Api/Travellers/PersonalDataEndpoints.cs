using System.ComponentModel.DataAnnotations;
using System.Text;
using Authorisation.Admin.Web;
using Authorisation.Administration.Travellers;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>An erasure. Either field, as a second look at whose data are erased.</summary>
/// <param name="Email">The traveller's e-mail address.</param>
/// <param name="TravellerId">The traveller's id, of one who has no e-mail address.</param>
internal sealed record ErasureBody([MaxLength(Limits.EmailCharactersMax)] string? Email, Guid? TravellerId);

/// <summary>How an erasure stands.</summary>
/// <param name="Status">erased, or scheduled for when what it waits for is over.</param>
/// <param name="WaitsFor">
/// What it waits for, in any order: month_end, of the removal; tickets that may still be used; staff_applications to be decided;
/// subscriptions that go on; payroll, which is asked for in the month after a deduction. Empty once it is done.
/// </param>
/// <param name="NameKeptUntil">Until when the name stays on invoices, as accounts are kept; absent where it stands on none.</param>
internal sealed record ErasureView([AllowedValues("erased", "scheduled")] string Status, IReadOnlyList<string> WaitsFor, DateOnly? NameKeptUntil);

/// <summary>Erasure and export of what is kept of a traveller.</summary>
internal static class PersonalDataEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/travellers/{id:guid}/erasure", EraseAsync).WithName("erase_traveller").WithTags("travellers")
            .Answers<ErasureView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapPost("/v1/travellers/{id:guid}/export", ExportAsync).WithName("export_traveller").WithTags("travellers")
            .Produces<string>(StatusCodes.Status200OK, "application/json")
            .Produces<Problem>(StatusCodes.Status403Forbidden, Problem.ContentType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.ContentType);
    }

    private static async Task<Reply> EraseAsync(Call call, EraseTraveller erase, Guid id, Body<ErasureBody> body)
    {
        var details = await erase.RunAsync(call.Work, id, call.Request(body, sent => new ErasureRequest(sent.Email, sent.TravellerId)));
        return Reply.Ok(new ErasureView(details.WaitsFor.Count == 0 ? "erased" : "scheduled", details.WaitsFor, details.NameKeptUntil));
    }

    // Not kept for a repeated request: it is personal data.
    private static async Task<Reply> ExportAsync(Call call, ExportTraveller export, Guid id) =>
        Reply.Download(Encoding.UTF8.GetBytes(await export.RunAsync(call.Work, id)), "application/json", $"traveller-{id}.json") with
        {
            HoldsSecret = true,
        };
}
