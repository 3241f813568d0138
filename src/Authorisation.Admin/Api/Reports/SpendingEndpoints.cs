using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Authorisation.Admin.Web;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Reports;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Reports;

/// <summary>What a traveller, or a department, spent in a month: what is on the month's invoices.</summary>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Department">Its name, of that time.</param>
/// <param name="TravellerId">Absent when rows are of whole departments.</param>
/// <param name="Traveller">The name, of that time.</param>
/// <param name="Month">The month.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="SpentMinor">
/// The amount on the month's invoices, VAT included; negative where refunds exceed purchases.
/// </param>
/// <param name="LateMinor">
/// How much of it belongs to earlier months: reported, taken or refunded when they were closed. Negative for refunds.
/// </param>
/// <param name="HeldMinor">
/// What open holds of the month keep now: not spent. It becomes 0, in a closed month too, when holds are taken or
/// lapse.
/// </param>
/// <param name="LimitMinor">
/// The limits together; of a closed month as they were when it was closed, some time after its end.
/// </param>
/// <param name="UsedShare">
/// How much of the limits the month itself used: spent without late, and held, by limit, with four decimals. Absent
/// without a limit.
/// </param>
/// <param name="Purchases">How many are on the month's invoices, without those voided on the same invoice.</param>
internal sealed record SpendingView(
    Guid DepartmentId,
    string Department,
    Guid? TravellerId,
    string? Traveller,
    string Month,
    string Currency,
    long SpentMinor,
    long LateMinor,
    long HeldMinor,
    long LimitMinor,
    decimal? UsedShare,
    long Purchases);

/// <summary>What is asked of spending.</summary>
internal sealed record SpendingAsked
{
    /// <summary>The other of the two words of <see cref="GroupBy"/>.</summary>
    internal const string ByDepartment = "department";

    [FromQuery(Name = "organisation_id")]
    public Guid? OrganisationId { get; init; }

    /// <summary>YYYY-MM; the current month unless given.</summary>
    [FromQuery(Name = "month")]
    public CreditMonth? Month { get; init; }

    [FromQuery(Name = "department_id")]
    public Guid? DepartmentId { get; init; }

    /// <summary>traveller or department; traveller unless given.</summary>
    [FromQuery(Name = "group_by")]
    [AllowedValues("traveller", ByDepartment)]
    public string? GroupBy { get; init; }

    /// <summary>json or csv; as Accept says unless given.</summary>
    [FromQuery(Name = "format")]
    [AllowedValues(AnswerFormat.Json, AnswerFormat.Csv)]
    public string? Format { get; init; }
}

/// <summary>Reports of what was spent.</summary>
internal static class SpendingEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/reports/spending", GetAsync).WithName("get_spending").WithTags("reports")
            .Answers<HideablePage<SpendingView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound)
            .Produces<string>(StatusCodes.Status200OK, AnswerFormat.CsvType);

    private static async Task<Reply> GetAsync(
        Call call, GetSpending get, [AsParameters] SpendingAsked asked, [AsParameters] PageQuery page)
    {
        var (afterDepartment, afterTraveller) = After(page);
        var organisationId = Problems.RequireOrganisationId(asked.OrganisationId);
        var filter = new SpendingFilter(
            organisationId, asked.Month, asked.DepartmentId, asked.GroupBy != SpendingAsked.ByDepartment);
        if (AnswerFormat.Of(call.Http.Request, asked.Format, (AnswerFormat.Csv, AnswerFormat.CsvType)) == AnswerFormat.Csv)
        {
            var all = await get.RunAsync(call.Work, filter, call.RequestOf(SpendingPage.All));
            return ReportAnswer.File(all, "spending", SpendingCsv.Write(all.Rows, all.Month, all.Terms.Currency));
        }

        var report = await get.RunAsync(
            call.Work, filter, new SpendingPage(afterDepartment, afterTraveller, page.Size + 1));
        return ReportAnswer.Page(report, page, row => View(row, report.Month, report.Terms), Position);
    }

    private static SpendingView View(SpendingRow row, CreditMonth month, OperatorTerms terms) => new(
        row.DepartmentId,
        row.Department,
        row.TravellerId == Guid.Empty ? null : row.TravellerId,
        row.Traveller,
        month.ToString(),
        terms.Currency,
        row.SpentMinor,
        row.LateMinor,
        row.HeldMinor,
        row.LimitMinor,
        row.UsedShare,
        row.Purchases);

    private static string Position(SpendingRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.DepartmentId:N} {row.TravellerId:N}");

    private static (Guid Department, Guid Traveller) After(PageQuery page)
    {
        if (page.AfterText is not { } text)
        {
            return default;
        }

        var parts = text.Split(' ');
        return parts.Length == 2 && Guid.TryParseExact(parts[0], "N", out var department)
            && Guid.TryParseExact(parts[1], "N", out var traveller)
                ? (department, traveller)
                : page.Wrong<(Guid, Guid)>();
    }
}
