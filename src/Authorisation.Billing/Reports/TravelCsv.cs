using System.Text;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Documents;
using Authorisation.Core;

namespace Authorisation.Billing.Reports;

/// <summary>
/// Travel as a file that a Swedish or Norwegian spreadsheet opens rightly; see <see cref="InvoiceCsv"/>.
/// </summary>
internal static class TravelCsv
{
    private static readonly string[] Columns =
        ["month", "department", "product", "name", "purchases", "tickets", "subscription_months", "amount", "currency"];

    /// <summary>The file, with a header.</summary>
    public static byte[] Write(IEnumerable<TravelRow> rows, CreditMonth month, string currency)
    {
        var text = new StringBuilder().AppendJoin(InvoiceCsv.Separator, Columns.Select(InvoiceCsv.Text)).Append(InvoiceCsv.LineEnd);
        foreach (var row in rows)
        {
            text.AppendJoin(InvoiceCsv.Separator, Cells(row, month, currency)).Append(InvoiceCsv.LineEnd);
        }

        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    private static string[] Cells(TravelRow row, CreditMonth month, string currency) =>
    [
        InvoiceCsv.Text(month.ToString()),
        InvoiceCsv.Text(row.Department),
        InvoiceCsv.Text(row.Product),
        InvoiceCsv.Text(row.Name),
        Decimals.Whole(row.Purchases),
        Decimals.Whole(row.Tickets),
        Decimals.Whole(row.SubscriptionMonths),
        InvoiceCsv.WithComma(Decimals.Amount(row.AmountMinor)),
        InvoiceCsv.Text(currency),
    ];
}
