using System.Globalization;
using System.Text.Json.Nodes;

namespace Authorisation.Standalone.Demo;

/// <summary>An invoice basis and its content, as lines.</summary>
internal static class DemoInvoiceLine
{
    /// <summary>Number, organisation, reference, total.</summary>
    public static string Of(JsonNode invoice) =>
        $"  {invoice["number"],-10}{invoice["organisation"],-24}{invoice["billing_reference"],-14}"
        + $"{Amount(invoice, "total_minor", invoice["currency"]!.ToString()),14} incl. VAT, due {invoice["due_on"]}";

    /// <summary>A line of it: when, who, what, why, how much.</summary>
    public static string Of(JsonNode line, string currency)
    {
        var at = line["occurred_at"]?.GetValue<DateTimeOffset>() ?? line["recorded_at"]?.GetValue<DateTimeOffset>();
        // Where the employer does not see the time of day, there is the day.
        var when = at is { } moment
            ? DemoClock.Local(moment).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)
            : line["date"]?.ToString()[5..] ?? "";
        return $"    {when,-13}{line["traveller"] ?? line["department"],-20}{line["description"],-26}{line["purpose"],-26}"
            + $"{Amount(line, "gross_minor", currency),12}";
    }

    private static string Amount(JsonNode of, string field, string currency) =>
        DemoLine.Money(of[field]!.GetValue<long>(), currency);
}
