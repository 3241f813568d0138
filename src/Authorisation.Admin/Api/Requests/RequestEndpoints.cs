using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Requests;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Requests;

/// <summary>What a traveller asks for.</summary>
/// <param name="Kind">more_credit, new_code or new_mobile.</param>
/// <param name="CreditAccountId">
/// The credit that more of, or a new code for, is asked; may be left out by a traveller with one only.
/// </param>
/// <param name="LimitMinor">The limit of each month that is wished for, in minor units; of more_credit.</param>
/// <param name="Mobile">The mobile number that is wished for, with or without country code; of new_mobile.</param>
/// <param name="Text">The traveller's own words.</param>
internal sealed record RequestBody(
    [Required, WordsOf<RequestKind>] string? Kind,
    Guid? CreditAccountId,
    [Range(Limits.CreditLimitMinorMin, Limits.CreditLimitMinorMax)] long? LimitMinor,
    [MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile,
    [MaxLength(Limits.ReasonCharactersMax)] string? Text);

/// <summary>A refusal.</summary>
/// <param name="Reason">Why; the traveller reads it.</param>
internal sealed record RequestRefusal([Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>A traveller's request.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TravellerId">The traveller who asks.</param>
/// <param name="Traveller">The traveller's name; the e-mail address without one.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="Kind">more_credit, new_code or new_mobile.</param>
/// <param name="Status">open, granted, refused, or replaced by a later one of the kind.</param>
/// <param name="CreditAccountId">The credit that it is about.</param>
/// <param name="LimitMinor">The limit of each month that is wished for, in minor units.</param>
/// <param name="Mobile">The mobile number that is wished for.</param>
/// <param name="Text">The traveller's own words.</param>
/// <param name="MadeAt">When it was asked for.</param>
/// <param name="DecidedAt">When it was granted or refused.</param>
/// <param name="Reason">Why it was refused.</param>
internal sealed record RequestView(
    Guid Id,
    Guid TravellerId,
    string Traveller,
    Guid OrganisationId,
    [WordsOf<RequestKind>] string Kind,
    [WordsOf<RequestState>] string Status,
    Guid? CreditAccountId,
    long? LimitMinor,
    string? Mobile,
    string? Text,
    DateTime MadeAt,
    DateTime? DecidedAt,
    string? Reason)
{
    public static RequestView Of(TravellerRequest row) => new(
        row.Id, row.TravellerId, row.TravellerName.Length == 0 ? row.TravellerEmail : row.TravellerName, row.OrganisationId,
        row.Kind, Words.Of(row.State), row.AccountId, row.LimitMinor, row.Mobile, row.Text, row.MadeAt, row.DecidedAt, row.Reason);
}

/// <summary>What travellers ask their administrators for.</summary>
internal static class RequestEndpoints
{
    private const string Tag = "requests";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/travellers/{id:guid}/requests", MakeAsync).WithName("make_request").WithTags(Tag)
            .Answers<RequestView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/travellers/{id:guid}/requests", ListOfTravellerAsync).WithName("list_requests_of_traveller").WithTags(Tag)
            .Answers<Page<RequestView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/organisations/{id:guid}/requests", ListAsync).WithName("list_requests").WithTags(Tag)
            .Answers<Page<RequestView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapGet("/v1/requests/{id:guid}", GetAsync).WithName("get_request").WithTags(Tag)
            .Answers<RequestView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/requests/{id:guid}/grant", GrantAsync).WithName("grant_request").WithTags(Tag)
            .Answers<RequestView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
        routes.MapPost("/v1/requests/{id:guid}/refusal", RefuseAsync).WithName("refuse_request").WithTags(Tag)
            .Answers<RequestView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Reply> MakeAsync(Call call, MakeRequest make, Guid id, Body<RequestBody> body)
    {
        var row = await make.RunAsync(call.Work, id, call.Request(body, sent => new MakeRequestRequest(
            sent.Kind, sent.CreditAccountId, sent.LimitMinor, sent.Mobile, sent.Text)));
        return Reply.Created("/v1/requests/" + row.Id, RequestView.Of(row));
    }

    private static async Task<Reply> ListOfTravellerAsync(Call call, Guid id, [AsParameters] PageQuery page) =>
        Listed(page, await TravellerRequest.ListOfTravellerAsync(call.Work, id, page.OfIds));

    private static async Task<Reply> ListAsync(
        Call call, Guid id, [AsParameters] PageQuery page,
        [FromQuery, AllowedValues("open", "granted", "refused", "replaced")] string? status) =>
        Listed(page, await TravellerRequest.ListAsync(
            call.Work, id, status is null || CheckedQuery.Of(call.Http).Errors.Count > 0 ? null : Words.Read<RequestState>(status),
            page.OfIds));

    private static async Task<Reply> GetAsync(Call call, Guid id) =>
        Reply.Ok(RequestView.Of((await TravellerRequest.GetVisibleAsync(call.Work, id)).Row));

    private static async Task<Reply> GrantAsync(Call call, GrantRequest grant, Guid id) =>
        Reply.Ok(RequestView.Of(await grant.RunAsync(call.Work, id)));

    private static async Task<Reply> RefuseAsync(Call call, RefuseRequest refuse, Guid id, Body<RequestRefusal> body) =>
        Reply.Ok(RequestView.Of(await refuse.RunAsync(call.Work, id, call.Request(body, sent => sent.Reason))));

    private static Reply Listed(PageQuery page, IReadOnlyList<TravellerRequest> rows) =>
        Reply.Ok(Page<RequestView>.Of(rows, page.Size, RequestView.Of, row => row.Id));
}
