using System.Globalization;
using System.Text;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Documents;
using Authorisation.Core;

namespace Authorisation.Billing.Reports;

/// <summary>
/// Spending as a file that a Swedish or Norwegian spreadsheet opens rightly; see <see cref="InvoiceCsv"/>.
/// </summary>
internal static class SpendingCsv
{
    private static readonly string[] Columns =
        ["month", "department", "traveller", "spent", "late", "held", "limit", "used_percent", "purchases", "currency"];

    /// <summary>The file, with a header.</summary>
    public static byte[] Write(IEnumerable<SpendingRow> rows, CreditMonth month, string currency)
    {
        var text = new StringBuilder().AppendJoin(InvoiceCsv.Separator, Columns.Select(InvoiceCsv.Text)).Append(InvoiceCsv.LineEnd);
        foreach (var row in rows)
        {
            text.AppendJoin(InvoiceCsv.Separator, Cells(row, month, currency)).Append(InvoiceCsv.LineEnd);
        }

        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    private static string[] Cells(SpendingRow row, CreditMonth month, string currency) =>
    [
        InvoiceCsv.Text(month.ToString()),
        InvoiceCsv.Text(row.Department),
        InvoiceCsv.Text(row.Traveller),
        InvoiceCsv.WithComma(Decimals.Amount(row.SpentMinor)),
        InvoiceCsv.WithComma(Decimals.Amount(row.LateMinor)),
        InvoiceCsv.WithComma(Decimals.Amount(row.HeldMinor)),
        InvoiceCsv.WithComma(Decimals.Amount(row.LimitMinor)),
        row.UsedShare is { } share ? InvoiceCsv.WithComma((share * 100).ToString("0.##", CultureInfo.InvariantCulture)) : "",
        Decimals.Whole(row.Purchases),
        InvoiceCsv.Text(currency),
    ];
}
