using System.Text;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Documents;

namespace Authorisation.Billing.Payroll;

/// <summary>
/// Payroll deductions as a file that a Swedish or Norwegian spreadsheet opens rightly; see <see cref="InvoiceCsv"/>.
/// </summary>
internal static class PayrollCsv
{
    private static readonly string[] Columns =
        ["month", "employee_number", "traveller", "department", "description", "product", "price", "deduction", "currency"];

    /// <summary>The file, with a header.</summary>
    public static byte[] Write(PayrollReport report)
    {
        var text = new StringBuilder().AppendJoin(InvoiceCsv.Separator, Columns.Select(InvoiceCsv.Text)).Append(InvoiceCsv.LineEnd);
        foreach (var row in report.Rows)
        {
            text.AppendJoin(
                InvoiceCsv.Separator,
                InvoiceCsv.Text(report.Month.ToString()),
                InvoiceCsv.Text(row.EmployeeNumber),
                InvoiceCsv.Text(row.Traveller),
                InvoiceCsv.Text(row.Department),
                InvoiceCsv.Text(row.Description),
                InvoiceCsv.Text(row.Product),
                InvoiceCsv.WithComma(Decimals.Amount(row.PriceMinor)),
                InvoiceCsv.WithComma(Decimals.Amount(row.DeductionMinor)),
                InvoiceCsv.Text(report.Terms.Currency)).Append(InvoiceCsv.LineEnd);
        }

        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }
}
