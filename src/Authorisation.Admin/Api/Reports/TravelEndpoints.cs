using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Authorisation.Admin.Web;
using Authorisation.Administration.Work;
using Authorisation.Billing.Reports;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Reports;

/// <summary>How often a department travelled in a month with one product: what is on the month's invoices.</summary>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Department">Its name, of that time.</param>
/// <param name="Product">The product's code; absent for purchases that named none.</param>
/// <param name="Name">Its name in the operator's language; absent where the catalogue has none.</param>
/// <param name="Month">The month.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Purchases">Purchases on credit, without those voided on the same invoice.</param>
/// <param name="Tickets">Tickets that were sent, without those taken back on the same invoice.</param>
/// <param name="SubscriptionMonths">Months of subscriptions that began, likewise.</param>
/// <param name="AmountMinor">What all of it comes to on the month's invoices, VAT included.</param>
internal sealed record TravelView(
    Guid DepartmentId,
    string Department,
    string? Product,
    string? Name,
    string Month,
    string Currency,
    long Purchases,
    long Tickets,
    long SubscriptionMonths,
    long AmountMinor);

/// <summary>What is asked of travel.</summary>
internal sealed record TravelAsked
{
    [FromQuery(Name = "organisation_id")]
    public Guid? OrganisationId { get; init; }

    /// <summary>YYYY-MM; the current month unless given.</summary>
    [FromQuery(Name = "month")]
    public CreditMonth? Month { get; init; }

    [FromQuery(Name = "department_id")]
    public Guid? DepartmentId { get; init; }

    /// <summary>json or csv; as Accept says unless given.</summary>
    [FromQuery(Name = "format")]
    [AllowedValues(AnswerFormat.Json, AnswerFormat.Csv)]
    public string? Format { get; init; }
}

/// <summary>Reports of how often was travelled.</summary>
internal static class TravelEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/reports/travel", GetAsync).WithName("get_travel").WithTags("reports")
            .Answers<HideablePage<TravelView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound)
            .Produces<string>(StatusCodes.Status200OK, AnswerFormat.CsvType);

    private static async Task<Reply> GetAsync(
        Call call, GetTravel get, [AsParameters] TravelAsked asked, [AsParameters] PageQuery page)
    {
        var (afterDepartment, afterProduct) = After(page);
        var organisationId = Problems.RequireOrganisationId(asked.OrganisationId);
        var filter = new TravelFilter(organisationId, asked.Month, asked.DepartmentId);
        if (AnswerFormat.Of(call.Http.Request, asked.Format, (AnswerFormat.Csv, AnswerFormat.CsvType)) == AnswerFormat.Csv)
        {
            var all = await get.RunAsync(call.Work, filter, call.RequestOf(TravelPage.All));
            return ReportAnswer.File(all, "travel", TravelCsv.Write(all.Rows, all.Month, all.Terms.Currency));
        }

        var report = await get.RunAsync(
            call.Work, filter, new TravelPage(afterDepartment, afterProduct, page.Size + 1));
        return ReportAnswer.Page(report, page, row => View(row, report), Position);
    }

    private static TravelView View(TravelRow row, Report<TravelRow> report) => new(
        row.DepartmentId,
        row.Department,
        row.Product.Length == 0 ? null : row.Product,
        row.Name,
        report.Month.ToString(),
        report.Terms.Currency,
        row.Purchases,
        row.Tickets,
        row.SubscriptionMonths,
        row.AmountMinor);

    private static string Position(TravelRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.DepartmentId:N} {row.Product}");

    private static (Guid Department, string Product) After(PageQuery page)
    {
        if (page.AfterText is not { } text)
        {
            return (Guid.Empty, "");
        }

        var parts = text.Split(' ', count: 2);
        return parts.Length == 2 && Guid.TryParseExact(parts[0], "N", out var department)
            ? (department, parts[1])
            : page.Wrong<(Guid, string)>();
    }
}
