using System.Text.Json;

namespace Authorisation.Core.Tests;

/// <summary>Rules as the ledger writes them.</summary>
internal static class Rules
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>All rules of an account.</summary>
    public static PurchaseRules Of(params IReadOnlyList<Rule> rules) => Of(rules, notOnCredit: null);

    /// <summary>All rules of an account, and what its operator does not sell on credit.</summary>
    public static PurchaseRules Of(IReadOnlyList<Rule> rules, string[]? notOnCredit) =>
        PurchaseRules.TryParse(JsonSerializer.Serialize(new { rules, notOnCredit }, Options), out var read)
            ? read : throw new InvalidOperationException("These are no rules.");

    /// <summary>The account with rules, and with what it has spent today where that matters.</summary>
    public static CreditAccount With(this CreditAccount account, PurchaseRules rules, long today = 0) => account with
    {
        Rules = rules,
        Today = rules.CountsDays ? new DaySpending(DaySpending.DayOf(Some.Now, Some.Stockholm), today, BeforeMinor: 0) : null,
    };
}

/// <summary>One rule; by default the credit's.</summary>
internal sealed record Rule
{
    public RuleOwner By { get; init; } = RuleOwner.Credit;

    public string[]? Products { get; init; }

    public string[]? Zones { get; init; }

    public string[]? ProductsWithin { get; init; }

    public int[]? Times { get; init; }

    public long? MaxPurchase { get; init; }

    public long? MaxDay { get; init; }
}
