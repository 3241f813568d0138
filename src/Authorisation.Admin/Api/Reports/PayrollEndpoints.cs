using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Work;
using Authorisation.Billing.Payroll;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Reports;

/// <summary>What is taken from a salary in the payroll of a month.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Month">In whose payroll it is.</param>
/// <param name="IsClosed">Whether the month is closed: what is put right is in the payroll of a later one.</param>
/// <param name="TravellerId">Whose salary.</param>
/// <param name="Traveller">The name.</param>
/// <param name="EmployeeNumber">The number at the employer.</param>
/// <param name="DepartmentId">The department that pays for what it is for.</param>
/// <param name="Department">Its name.</param>
/// <param name="SourceKind">What it is for, such as subscription_month.</param>
/// <param name="Product">The product.</param>
/// <param name="Description">What the invoice says of it, too.</param>
/// <param name="PriceMinor">What the employer is charged, VAT included.</param>
/// <param name="DeductionMinor">What is taken from the salary; negative is returned to it.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record DeductionView(
    Guid Id,
    string Month,
    bool IsClosed,
    Guid TravellerId,
    string Traveller,
    string? EmployeeNumber,
    Guid DepartmentId,
    string Department,
    string SourceKind,
    string? Product,
    string Description,
    long PriceMinor,
    long DeductionMinor,
    string Currency)
{
    public static DeductionView Of(PayrollReport report, DeductionRow row) => new(
        row.Id,
        report.Month.ToString(),
        report.IsClosed,
        row.TravellerId,
        row.Traveller,
        row.EmployeeNumber,
        row.DepartmentId,
        row.Department,
        row.SourceKind,
        row.Product,
        row.Description,
        row.PriceMinor,
        row.DeductionMinor,
        report.Terms.Currency);
}

/// <summary>What is taken from salaries, for the employer's payroll.</summary>
internal static class PayrollEndpoints
{
    private const string PayrollFile = "paxml";
    private const string XmlType = "application/xml";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/organisations/{id:guid}/payroll-deductions", GetAsync).WithName("get_payroll_deductions").WithTags("reports")
            .Answers<Page<DeductionView>>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict)
            .Produces<string>(StatusCodes.Status200OK, AnswerFormat.CsvType)
            .Produces<string>(StatusCodes.Status200OK, XmlType);

    private static async Task<Reply> GetAsync(
        Call call,
        GetPayrollDeductions get,
        Guid id,
        [AsParameters] PageQuery page,
        [FromQuery] CreditMonth? month,
        [FromQuery, AllowedValues(AnswerFormat.Json, AnswerFormat.Csv, PayrollFile)] string? format,
        [FromQuery(Name = "pay_type")] string? payType)
    {
        var form = AnswerFormat.Of(call.Http.Request, format, (AnswerFormat.Csv, AnswerFormat.CsvType), (PayrollFile, XmlType));
        if (form == AnswerFormat.Json)
        {
            var shown = await get.RunAsync(call.Work, id, month, page.AfterId, page.Size + 1);
            return Reply.Ok(Page<DeductionView>.Of(shown.Rows, page.Size, row => DeductionView.Of(shown, row), row => row.Id));
        }

        var fields = new Fields();
        var type = form == PayrollFile ? fields.Required("pay_type", payType, Limits.PayTypeCharactersMax) : "";
        fields.ThrowIfAny();
        call.RequireParameters();
        var report = await get.RunAsync(call.Work, id, month, Guid.Empty, int.MaxValue);
        var name = $"{report.Terms.Code}-payroll-{report.Month}";
        return form == AnswerFormat.Csv
            ? Reply.Download(PayrollCsv.Write(report), AnswerFormat.CsvType, name + ".csv")
            : Reply.Download(
                PayrollXml.Write(report, type, TimeZoneInfo.ConvertTime(await ControlDatabase.NowAsync(call.Db), report.Terms.Zone).DateTime),
                XmlType, name + ".xml");
    }
}
