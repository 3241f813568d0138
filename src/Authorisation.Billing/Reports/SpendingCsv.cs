using System.Globalization;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Documents;
using Authorisation.Core;

namespace Authorisation.Billing.Reports;

/// <summary>Spending as a <see cref="SpreadsheetCsv"/>.</summary>
internal static class SpendingCsv
{
    private static readonly string[] Columns =
        ["month", "department", "traveller", "spent", "late", "held", "limit", "used_percent", "purchases", "currency"];

    /// <summary>The file, with a header.</summary>
    public static byte[] Write(IEnumerable<SpendingRow> rows, CreditMonth month, string currency) =>
        SpreadsheetCsv.Write(Columns, rows.Select(row => Cells(row, month, currency)));

    private static string[] Cells(SpendingRow row, CreditMonth month, string currency) =>
    [
        SpreadsheetCsv.Text(month.ToString()),
        SpreadsheetCsv.Text(row.Department),
        SpreadsheetCsv.Text(row.Traveller),
        SpreadsheetCsv.WithComma(Decimals.Amount(row.SpentMinor)),
        SpreadsheetCsv.WithComma(Decimals.Amount(row.LateMinor)),
        SpreadsheetCsv.WithComma(Decimals.Amount(row.HeldMinor)),
        SpreadsheetCsv.WithComma(Decimals.Amount(row.LimitMinor)),
        row.UsedShare is { } share ? SpreadsheetCsv.WithComma((share * 100).ToString("0.##", CultureInfo.InvariantCulture)) : "",
        Decimals.Whole(row.Purchases),
        SpreadsheetCsv.Text(currency),
    ];
}
