using Authorisation.Billing.Amounts;
using Authorisation.Billing.Documents;

namespace Authorisation.Billing.Payroll;

/// <summary>Payroll deductions as a <see cref="SpreadsheetCsv"/>.</summary>
internal static class PayrollCsv
{
    private static readonly string[] Columns =
        ["month", "employee_number", "traveller", "department", "description", "product", "price", "deduction", "currency"];

    /// <summary>The file, with a header.</summary>
    public static byte[] Write(PayrollReport report) => SpreadsheetCsv.Write(Columns, report.Rows.Select(row => Cells(report, row)));

    private static string[] Cells(PayrollReport report, DeductionRow row) =>
    [
        SpreadsheetCsv.Text(report.Month.ToString()),
        SpreadsheetCsv.Text(row.EmployeeNumber),
        SpreadsheetCsv.Text(row.Traveller),
        SpreadsheetCsv.Text(row.Department),
        SpreadsheetCsv.Text(row.Description),
        SpreadsheetCsv.Text(row.Product),
        SpreadsheetCsv.WithComma(Decimals.Amount(row.PriceMinor)),
        SpreadsheetCsv.WithComma(Decimals.Amount(row.DeductionMinor)),
        SpreadsheetCsv.Text(report.Terms.Currency),
    ];
}
