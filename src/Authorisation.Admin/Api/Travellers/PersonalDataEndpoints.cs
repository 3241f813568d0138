using System.ComponentModel.DataAnnotations;
using System.Text;
using Authorisation.Admin.Web;
using Authorisation.Administration.Travellers;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Travellers;

/// <summary>An erasure.</summary>
/// <param name="Email">The traveller's e-mail address, as a second look at whose data are erased.</param>
internal sealed record ErasureBody([Required, MaxLength(Limits.EmailCharactersMax)] string? Email);

/// <summary>How an erasure stands.</summary>
/// <param name="Status">erased, or scheduled for when the month of the removal is over.</param>
/// <param name="NameKeptUntil">Until when the name stays on invoices, as accounts are kept; absent where it stands on none.</param>
internal sealed record ErasureView([AllowedValues("erased", "scheduled")] string Status, DateOnly? NameKeptUntil);

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
        var details = await erase.RunAsync(call.Work, id, call.Request(body, sent => sent.Email));
        return Reply.Ok(new ErasureView(details.IsErased ? "erased" : "scheduled", details.NameKeptUntil));
    }

    // Not kept for a repeated request: it is personal data.
    private static async Task<Reply> ExportAsync(Call call, ExportTraveller export, Guid id) =>
        Reply.Download(Encoding.UTF8.GetBytes(await export.RunAsync(call.Work, id)), "application/json", $"traveller-{id}.json") with
        {
            HoldsSecret = true,
        };
}
