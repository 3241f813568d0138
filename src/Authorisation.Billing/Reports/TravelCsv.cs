using Authorisation.Billing.Amounts;
using Authorisation.Billing.Documents;
using Authorisation.Core;

namespace Authorisation.Billing.Reports;

/// <summary>Travel as a <see cref="SpreadsheetCsv"/>.</summary>
internal static class TravelCsv
{
    private static readonly string[] Columns =
        ["month", "department", "product", "name", "purchases", "tickets", "subscription_months", "amount", "currency"];

    /// <summary>The file, with a header.</summary>
    public static byte[] Write(IEnumerable<TravelRow> rows, CreditMonth month, string currency) =>
        SpreadsheetCsv.Write(Columns, rows.Select(row => Cells(row, month, currency)));

    private static string[] Cells(TravelRow row, CreditMonth month, string currency) =>
    [
        SpreadsheetCsv.Text(month.ToString()),
        SpreadsheetCsv.Text(row.Department),
        SpreadsheetCsv.Text(row.Product),
        SpreadsheetCsv.Text(row.Name),
        Decimals.Whole(row.Purchases),
        Decimals.Whole(row.Tickets),
        Decimals.Whole(row.SubscriptionMonths),
        SpreadsheetCsv.WithComma(Decimals.Amount(row.AmountMinor)),
        SpreadsheetCsv.Text(currency),
    ];
}
