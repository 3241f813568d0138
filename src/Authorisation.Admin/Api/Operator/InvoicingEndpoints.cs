using Authorisation.Admin.Web;
using Authorisation.Billing.Invoices;

namespace Authorisation.Admin.Api.Operator;

/// <summary>What an operator invoices with and how; set by its staff.</summary>
internal static class InvoicingEndpoints
{
    private const string Route = "/v1/operators/{code}/invoicing";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, GetAsync).WithName("get_invoicing").WithTags("invoices")
            .Answers<InvoicingView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPut(Route, SetAsync).WithName("set_invoicing").WithTags("invoices")
            .Answers<InvoicingView>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Reply> GetAsync(Call call, GetInvoicing get, string code) =>
        Shown(await get.RunAsync(call.Work, code));

    private static async Task<Reply> SetAsync(Call call, SetInvoicing set, string code, Body<InvoicingBody> body) =>
        Shown(await set.RunAsync(call.Work, code, call.Request(body, sent => sent.ToRequest())));

    private static Reply Shown(InvoicingDetails details) =>
        Reply.Ok(InvoicingView.Of(details.InForce), details.Revision);
}
