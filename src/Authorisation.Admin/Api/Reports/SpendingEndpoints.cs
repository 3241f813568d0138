using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Authorisation.Admin.Api.Invoices;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.MonthEnd;
using Authorisation.Billing.Reports;
using Authorisation.Core;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Reports;

/// <summary>What a traveller, or a department, spent in a month: what stands on the month's invoices.</summary>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Department">Its name, of that time.</param>
/// <param name="TravellerId">Absent when rows are of whole departments.</param>
/// <param name="Traveller">The name, of that time.</param>
/// <param name="Month">The month.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="SpentMinor">What stands on the month's invoices, VAT included; below 0 where more was given back.</param>
/// <param name="LateMinor">
/// How much of it belongs to earlier months: reported, taken or given back when they were closed. Below 0 for what was
/// given back.
/// </param>
/// <param name="HeldMinor">
/// What the month holds at the moment and nobody has taken yet: not spent. It becomes 0, in a closed month too, when
/// holds are taken or lapse.
/// </param>
/// <param name="LimitMinor">The limits together; of a closed month as they were when it was closed, some time after its end.</param>
/// <param name="UsedShare">
/// How much of the limits the month itself used: spent without late, and held, by limit, with four decimals. Absent without a limit.
/// </param>
/// <param name="Purchases">How many stand on the month's invoices, without those voided on the same invoice.</param>
internal sealed record SpendingView(
    Guid DepartmentId,
    string Department,
    Guid? TravellerId,
    string? Traveller,
    [Month] string Month,
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
    [AllowedValues(AnswerFormat.Json, SpendingEndpoints.Csv)]
    public string? Format { get; init; }
}

/// <summary>Reports of what was spent.</summary>
internal static class SpendingEndpoints
{
    internal const string Csv = "csv";
    private const string CsvType = "text/csv";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/reports/spending", GetAsync).WithName("get_spending").WithTags("reports")
            .Answers<HideablePage<SpendingView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound)
            .Produces<string>(StatusCodes.Status200OK, CsvType);

    private static async Task<Reply> GetAsync(Call call, [AsParameters] SpendingAsked asked, [AsParameters] PageQuery page)
    {
        var (afterDepartment, afterTraveller) = After(page);
        var organisationId = asked.OrganisationId ?? throw Problems.Field("organisation_id", FieldCode.Required, "is required: the id of an organisation");
        var (organisation, scope) = await OrganisationRow.GetVisibleAsync(call.Work, organisationId);
        scope.Require(AdministratorRights.Reports);
        var terms = await OperatorTerms.GetAsync(call.Db, organisation.OperatorId);
        var visibility = await PurchaseVisibility.ReadAsync(call.Db, terms.Id);
        var form = AnswerFormat.Of(call.Http.Request, asked.Format, (Csv, CsvType));
        var (month, isClosed) = await MonthAsync(call, asked.Month, visibility, terms.Id);
        var departments = await DepartmentsAsync(call, asked.DepartmentId, organisationId, scope);
        var hiddenUntil = scope.IsStaff ? null : visibility.HiddenUntil(month);
        if (hiddenUntil is { } day && form != Csv)
        {
            return Reply.Ok(HideablePage<SpendingView>.Until(day));
        }

        var query = new SpendingQuery
        {
            OperatorId = terms.Id,
            OrganisationId = organisationId,
            Month = month.Number,
            IsByTraveller = asked.GroupBy != SpendingAsked.ByDepartment,
            Departments = departments,
        };
        if (form == Csv)
        {
            call.RequireParameters();
            var all = hiddenUntil is null
                ? await Spending.ReadAsync(call.Db, query, isClosed, call.Stop) : [];
            return Reply.Download(
                SpendingCsv.Write(all, month, terms.Currency), CsvType, $"{terms.Code}-spending-{month}.csv");
        }

        query = query with { AfterDepartment = afterDepartment, AfterTraveller = afterTraveller, Count = page.Size + 1 };
        var rows = await Spending.ReadAsync(call.Db, query, isClosed, call.Stop);
        var shown = Page<SpendingView>.Of(rows, page.Size, row => View(row, month, terms), Position);
        return Reply.Ok(new HideablePage<SpendingView>(shown.Items, shown.NextPageToken));
    }

    /// <summary>
    /// The month that is asked for, and whether what it was closed with is all written: the statements of a month follow its
    /// closing some accounts at a time, and until the last one is there the month is summed from its rows, like an open one.
    /// </summary>
    private static async Task<(CreditMonth Month, bool IsClosed)> MonthAsync(
        Call call, CreditMonth? asked, PurchaseVisibility visibility, int operatorId)
    {
        var month = asked ?? visibility.Current;
        if (month > visibility.Current)
        {
            call.RefuseParameter("month", FieldCode.NotPossible, $"has not begun: it is {visibility.Current}");
            return (visibility.Current, false);
        }

        if (!visibility.IsClosed(month)
            || await MonthEndRun.ClosingAsync(call.Db, operatorId, month) is { Step: MonthEndStep.Statements })
        {
            return (month, false);
        }

        var first = await call.Db.ExecuteScalarAsync<int?>(
            "select month from billing.statement where operator_id = @operatorId order by month limit 1", new { operatorId });
        return first is { } number && month.Number >= number
            ? (month, true)
            : throw new HttpProblemException(StatusCodes.Status404NotFound,
                "month_not_kept",
                $"Nothing is kept of {month}: the first month is "
                + $"{(first is { } kept ? CreditMonth.FromNumber(kept) : visibility.FirstOpen)}.");
    }

    private static async Task<Guid[]?> DepartmentsAsync(Call call, Guid? asked, Guid organisationId, AccessScope scope)
    {
        if (asked is not { } id)
        {
            return scope.ListedDepartments;
        }

        var department = await DepartmentRow.FindAsync(call.Db, id);
        if (department?.OrganisationId != organisationId || !scope.Sees(id))
        {
            call.RefuseParameter("department_id", FieldCode.NotFound, "must be a department of the organisation");
        }

        return [id];
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
