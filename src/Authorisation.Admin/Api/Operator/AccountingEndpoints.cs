using Authorisation.Admin.Web;
using Authorisation.Billing.Accounting;

namespace Authorisation.Admin.Api.Operator;

/// <summary>The invoices of closed months for a Swedish operator's bookkeeping.</summary>
internal static class AccountingEndpoints
{
    private const string Route = "/v1/operators/{code}/accounting";
    private const string Tag = "invoices";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, GetAsync).WithName("get_accounting").WithTags(Tag)
            .Answers<AccountingBody>(StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapPut(Route, SetAsync).WithName("set_accounting").WithTags(Tag)
            .Answers<AccountingBody>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status412PreconditionFailed);
        routes.MapGet(Route + "/{month}", ExportAsync).WithName("export_accounting").WithTags(Tag)
            .Produces<string>(StatusCodes.Status200OK, Reply.Bytes)
            .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.ContentType)
            .Produces<Problem>(StatusCodes.Status401Unauthorized, Problem.ContentType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.ContentType)
            .Produces<Problem>(StatusCodes.Status409Conflict, Problem.ContentType)
            .Produces<Problem>(StatusCodes.Status500InternalServerError, Problem.ContentType);
    }

    private static async Task<Reply> GetAsync(Call call, GetAccounting get, string code)
    {
        var (plan, revision) = await get.RunAsync(call.Work, code);
        return Reply.Ok(AccountingBody.Of(plan), revision);
    }

    private static async Task<Reply> SetAsync(Call call, SetAccounting set, string code, Body<AccountingBody> body)
    {
        var (plan, revision) = await set.RunAsync(call.Work, code, call.Request(body, sent => sent.ToRequest()));
        return Reply.Ok(AccountingBody.Of(plan), revision);
    }

    private static async Task<Reply> ExportAsync(Call call, ExportAccounting export, string code, string month)
    {
        var (file, name) = await export.RunAsync(call.Work, code, month);
        return Reply.Download(file, Reply.Bytes, name);
    }
}
