using System.Collections.Frozen;
using System.Text.Json;

namespace Authorisation.Core;

/// <summary>Reads the rules of an account as <c>purchase_rules</c> in the schema writes them: a JSON object.</summary>
internal static class PurchaseRulesText
{
    public static bool TryRead(string text, out PurchaseRule[] rules, out FrozenSet<string> notOnCredit)
    {
        (rules, notOnCredit) = ([], FrozenSet<string>.Empty);
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            notOnCredit = Texts(root, "not_on_credit") ?? notOnCredit;
            if (root.TryGetProperty("rules", out var list))
            {
                rules = [.. list.EnumerateArray().Select(Rule)];
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            return false;
        }
    }

    private static PurchaseRule Rule(JsonElement rule)
    {
        var owner = (RuleOwner)rule.GetProperty("by"u8).GetInt32();
        return !Enum.IsDefined(owner)
            ? throw new FormatException("A rule is somebody's.")
            : new PurchaseRule
            {
                Owner = owner,
                Products = Texts(rule, "products"),
                Zones = Texts(rule, "zones"),
                ProductsWithin = Texts(rule, "products_within") ?? FrozenSet<string>.Empty,
                Times = rule.TryGetProperty("times", out var times)
                    ? WeekTimes.TryRead([.. times.EnumerateArray().Select(static bound => bound.GetInt32())])
                        ?? throw new FormatException("These are no times of a week.")
                    : null,
                MaxPurchaseMinor = Amount(rule, "max_purchase"),
                MaxDayMinor = Amount(rule, "max_day"),
            };
    }

    private static long? Amount(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var amount) ? amount.GetInt64() : null;

    private static FrozenSet<string>? Texts(JsonElement parent, string name) => parent.TryGetProperty(name, out var texts)
        ? texts.EnumerateArray().Select(static text => text.GetString() ?? "").ToFrozenSet(StringComparer.Ordinal)
        : null;
}
