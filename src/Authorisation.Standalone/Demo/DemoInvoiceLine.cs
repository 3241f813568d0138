using System.Globalization;
using System.Text.Json.Nodes;

namespace Authorisation.Standalone.Demo;

/// <summary>An invoice basis and its content, as lines.</summary>
internal static class DemoInvoiceLine
{
    private const int LinesShown = 12;
    private const decimal BasisPointsPerPercent = 100m;

    /// <summary>Writes an invoice with its lines and its VAT, which is stated once for each rate.</summary>
    public static async Task WriteAsync(TextWriter output, DemoPortal portal, string id, CancellationToken cancel)
    {
        var invoice = await portal.GetAsync($"/v1/invoices/{id}", cancel);
        var currency = invoice["currency"]!.ToString();
        await output.WriteLineAsync(Of(invoice));
        var lines = invoice["lines"]!.AsArray();
        foreach (var line in lines.Take(LinesShown))
        {
            await output.WriteLineAsync(Of(line!, currency));
        }

        if (lines.Count > LinesShown)
        {
            await output.WriteLineAsync($"    and {lines.Count - LinesShown} more");
        }

        foreach (var tax in invoice["taxes"]!.AsArray())
        {
            var percent = tax!["vat_basis_points"]!.GetValue<int>() / BasisPointsPerPercent;
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"    VAT {percent:0.##} % once: net {Amount(tax, "net_minor", currency)}, VAT {Amount(tax, "vat_minor", currency)}"));
        }
    }

    /// <summary>Number, organisation, reference, total.</summary>
    private static string Of(JsonNode invoice) =>
        $"  {invoice["number"],-10}{invoice["organisation"],-24}{invoice["billing_reference"],-14}"
        + $"{Amount(invoice, "total_minor", invoice["currency"]!.ToString()),14} incl. VAT, due {invoice["due_on"]}";

    /// <summary>A line of it: when, who, what, why, how much.</summary>
    private static string Of(JsonNode line, string currency)
    {
        var at = line["occurred_at"]?.GetValue<DateTimeOffset>() ?? line["recorded_at"]?.GetValue<DateTimeOffset>();
        // Administrators see the day alone, unless the operator shows them more of trips.
        var when = at is { } moment
            ? DemoClock.Local(moment).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)
            : line["date"]?.ToString()["yyyy-".Length..] ?? "";
        return $"    {when,-13}{line["traveller"] ?? line["department"],-20}{line["description"],-40}{line["purpose"],-26}"
            + $"{Amount(line, "gross_minor", currency),12}";
    }

    private static string Amount(JsonNode of, string field, string currency) =>
        DemoLine.Money(of[field]!.GetValue<long>(), currency);
}
