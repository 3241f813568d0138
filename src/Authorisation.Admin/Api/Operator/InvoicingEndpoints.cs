using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Dapper;

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

    private static async Task<Reply> GetAsync(Call call, string code)
    {
        var terms = await SeeAsync(call, code);
        var invoicing = await Invoicing.FindAsync(call.Db, terms.Id) ?? throw new HttpProblemException(StatusCodes.Status404NotFound,
            "invoicing_not_set",
            $"No invoices are made until it is set who sells and where to pay: PUT /v1/operators/{terms.Code}/invoicing.");
        return Reply.Ok(InvoicingView.Of(invoicing, terms.VatRatesInForce), invoicing.Revision);
    }

    private static async Task<Reply> SetAsync(Call call, string code, Body<InvoicingBody> body)
    {
        var terms = await SeeAsync(call, code);
        var before = await Invoicing.FindAsync(call.Db, terms.Id, forChange: true);
        terms = await OperatorTerms.GetAsync(call.Db, terms.Id);
        var lastNumber = await call.Db.ExecuteScalarAsync<long?>(
            "select max(series_number) from billing.invoice where operator_id = @Id", new { terms.Id });
        var fields = new Fields();
        var after = InvoicingFields.Read(fields, body.Value, terms, before, lastNumber);
        var rates = InvoicingRates.Read(fields, body.Value.VatRates, terms);
        fields.ThrowIfAny();
        call.RequireMatch(before?.Revision ?? 0);
        after = after with
        {
            ProductTextsId = before is not null && before.ProductTexts.IsSame(after.ProductTexts)
                ? before.ProductTextsId : await after.ProductTexts.AddAsync(call.Db, terms.Id),
        };
        if (!await after.SaveAsync(call.Db, terms.Id))
        {
            throw Problems.Changed();
        }

        var shown = InvoicingView.Of(after, (terms with { VatRates = rates }).VatRatesInForce);
        await InvoicingRates.SaveAsync(call.Db, terms, rates);
        await call.Work.AuditAsync(
            "invoicing.set", "operator:" + terms.Code, terms.Id,
            before: before is null ? null : InvoicingView.Of(before, terms.VatRatesInForce), after: shown);
        return Reply.Ok(shown, after.Revision);
    }

    private static async Task<OperatorTerms> SeeAsync(Call call, string code) =>
        await OperatorTerms.FindAsync(call.Db, code) is { } terms && call.Principal.StaffOf.Contains(terms.Id)
            ? terms
            : throw Problems.NotFound();
}
