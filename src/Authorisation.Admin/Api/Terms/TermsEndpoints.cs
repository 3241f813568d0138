using Authorisation.Admin.Web;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Terms;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Api.Terms;

/// <summary>
/// The documents that people accept before they change anything. Everybody reads them; the operator's staff publish them.
/// </summary>
internal static class TermsEndpoints
{
    private const string Tag = "terms";
    private const string One = "/v1/operators/{code}/terms/{kind}/{version}";
    private const string OfOrganisation = "/v1/organisations/{id:guid}/terms-acceptances";
    private const string OfTraveller = "/v1/travellers/{id:guid}/terms-acceptances";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/operators/{code}/terms", ListAsync).WithName("list_terms").WithTags(Tag).Open()
            .Answers<Page<TermsView>>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status429TooManyRequests);
        routes.MapGet(One, GetAsync).WithName("get_terms").WithTags(Tag).Open()
            .Answers<TermsView>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status429TooManyRequests);
        routes.MapPut(One, PublishAsync).WithName("publish_terms").WithTags(Tag)
            .Answers<TermsView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapDelete(One, WithdrawAsync).WithName("withdraw_terms").WithTags(Tag)
            .AnswersNothing(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapGet(OfOrganisation, ListOfOrganisationAsync).WithName("list_terms_acceptances").WithTags(Tag)
            .Answers<Page<TermsAcceptanceView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost(OfOrganisation, AcceptForOrganisationAsync).WithName("accept_terms").WithTags(Tag)
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
        routes.MapGet(OfTraveller, ListOfTravellerAsync).WithName("list_terms_acceptances_of_traveller").WithTags(Tag)
            .Answers<Page<TermsAcceptanceView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost(OfTraveller, AcceptForTravellerAsync).WithName("accept_terms_as_traveller").WithTags(Tag)
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status422UnprocessableEntity);
    }

    // An operator has a few, so they are one page.
    private static async Task<Reply> ListAsync(Call call, string code)
    {
        var terms = await OperatorTerms.FindAsync(call.Db, code) ?? throw Problems.NotFound();
        var rows = await TermsDocument.ListAsync(call.Db, terms.Id);
        return Reply.Ok(new Page<TermsView>([.. rows.Select(TermsView.Of)], NextPageToken: null));
    }

    private static async Task<Reply> GetAsync(Call call, string code, string kind, string version)
    {
        var terms = await OperatorTerms.FindAsync(call.Db, code) ?? throw Problems.NotFound();
        return await ShownAsync(
            call, await TermsDocument.FindAsync(call.Db, terms.Id, kind, version) ?? throw Problems.NotFound());
    }

    private static async Task<Reply> PublishAsync(
        Call call, PublishTerms publish, string code, string kind, string version, Body<TermsBody> body) =>
        await ShownAsync(call, await publish.RunAsync(call.Work, code, kind, version, call.Request(body, sent => sent.ToRequest())));

    private static async Task<Reply> WithdrawAsync(Call call, PublishTerms publish, string code, string kind, string version)
    {
        await publish.WithdrawAsync(call.Work, code, kind, version);
        return Reply.NoContent();
    }

    private static async Task<Reply> ListOfOrganisationAsync(Call call, Guid id, [AsParameters] PageQuery page)
    {
        await OrganisationRow.GetVisibleAsync(call.Work, id);
        return Listed(page, await TermsAcceptance.ListAsync(call.Db, id, null, page.AfterNumber, page.Size + 1));
    }

    private static async Task<Reply> ListOfTravellerAsync(Call call, Guid id, [AsParameters] PageQuery page)
    {
        await TravellerRow.GetVisibleAsync(call.Work, id);
        return Listed(page, await TermsAcceptance.ListAsync(call.Db, null, id, page.AfterNumber, page.Size + 1));
    }

    private static async Task<Reply> AcceptForOrganisationAsync(
        Call call, AcceptTerms accept, Guid id, Body<TermsAcceptanceBody> body)
    {
        await accept.RunForOrganisationAsync(call.Work, id, Asked(call, body));
        return Reply.NoContent();
    }

    private static async Task<Reply> AcceptForTravellerAsync(
        Call call, AcceptTerms accept, Guid id, Body<TermsAcceptanceBody> body)
    {
        await accept.RunForTravellerAsync(call.Work, id, Asked(call, body));
        return Reply.NoContent();
    }

    private static Request<AcceptTermsRequest> Asked(Call call, Body<TermsAcceptanceBody> body) =>
        call.Request(body, sent => new AcceptTermsRequest(sent.Kind, sent.Version));

    private static Reply Listed(PageQuery page, IReadOnlyList<TermsAcceptance> rows) =>
        Reply.Ok(Page<TermsAcceptanceView>.Of(rows, page.Size, TermsAcceptanceView.Of, row => row.Id));

    private static async Task<Reply> ShownAsync(Call call, TermsDocument document) => Reply.Ok(TermsView.Of(document) with
    {
        Texts = [.. (await TermsDocument.TextsAsync(call.Db, document.Id)).Select(one =>
            new TermsTextBody(one.Language, one.Title, one.Text))],
    });
}
