using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Authorisation.Core;

/// <summary>
/// All rules that a purchase on an account must keep: each of them must allow it, so that the strictest counts. Immutable;
/// the same text is the same rules.
/// </summary>
public sealed class PurchaseRules : IEquatable<PurchaseRules>
{
    private readonly PurchaseRule[] _rules;

    private PurchaseRules(string text, PurchaseRule[] rules, FrozenSet<string> notOnCredit)
    {
        (Text, _rules, NotOnCredit) = (text, rules, notOnCredit);
        CountsDays = Array.Exists(rules, static rule => rule.MaxDayMinor is not null);
        DependsOnTime = CountsDays || Array.Exists(rules, static rule => rule.Times is not null);
        AllowsNoProduct = AllowedProducts is { Count: 0 };
    }

    /// <summary>The rules as the ledger writes them.</summary>
    public string Text { get; }

    /// <summary>The rules, those nearest to the account first.</summary>
    public IReadOnlyList<PurchaseRule> Rules => _rules;

    /// <summary>The operator's ticket types that it does not sell on credit.</summary>
    public FrozenSet<string> NotOnCredit { get; }

    /// <summary>Whether what was bought on a day matters.</summary>
    public bool CountsDays { get; }

    /// <summary>Whether the same purchase can be answered in another way at another time.</summary>
    public bool DependsOnTime { get; }

    /// <summary>Whether no ticket type is allowed at all.</summary>
    public bool AllowsNoProduct { get; }

    /// <summary>The ticket types that all rules allow; <see langword="null"/> for all but those not sold on credit.</summary>
    public IReadOnlyCollection<string>? AllowedProducts => Common(static rule => rule.Products) is { } allowed
        ? [.. allowed.Where(product => !NotOnCredit.Contains(product))]
        : null;

    /// <summary>The zones that all rules allow; <see langword="null"/> for all.</summary>
    public IReadOnlyCollection<string>? AllowedZones => Common(static rule => rule.Zones);

    /// <summary>The times that all rules allow; <see langword="null"/> for all.</summary>
    public WeekTimes? AllowedTimes => _rules.Aggregate(
        (WeekTimes?)null, static (both, rule) => rule.Times is { } times ? both?.And(times) ?? times : both);

    /// <summary>The most that one purchase may cost, in minor units; <see langword="null"/> for no such rule.</summary>
    public long? MaxPurchaseMinor => _rules.Min(static rule => rule.MaxPurchaseMinor);

    /// <summary>The most that the purchases of a day may cost, in minor units; <see langword="null"/> for no such rule.</summary>
    public long? MaxDayMinor => _rules.Min(static rule => rule.MaxDayMinor);

    /// <summary>Reads what the ledger wrote; anything else is <see langword="false"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PurchaseRules? rules)
    {
        rules = PurchaseRulesText.TryRead(text, out var read, out var notOnCredit) ? new PurchaseRules(text, read, notOnCredit) : null;
        return rules is not null;
    }

    /// <summary>
    /// Why a purchase is declined, and whose rule it is: the first reason in the order of precedence, and of the rules
    /// that decline for it the one nearest to the account.
    /// </summary>
    /// <param name="purchase">What is asked.</param>
    /// <param name="local">When, by the operator's clocks.</param>
    /// <param name="daySpentMinor">What was bought that day before, in minor units.</param>
    public (DeclineReason Reason, RuleOwner Owner) FirstToDecline(Purchase purchase, DateTime local, long daySpentMinor)
    {
        foreach (var rule in _rules)
        {
            if (!rule.AllowsProduct(purchase.Product))
            {
                return (DeclineReason.ProductNotAllowed, rule.Owner);
            }
        }

        if (purchase.Product is { } product && NotOnCredit.Contains(product))
        {
            return (DeclineReason.ProductNotAllowed, RuleOwner.Operator);
        }

        foreach (var rule in _rules)
        {
            if (!rule.AllowsZone(purchase))
            {
                return (DeclineReason.ZoneNotAllowed, rule.Owner);
            }
        }

        foreach (var rule in _rules)
        {
            if (rule.Times is { } times && !times.Contains(local))
            {
                return (DeclineReason.TimeNotAllowed, rule.Owner);
            }
        }

        foreach (var rule in _rules)
        {
            if (purchase.AmountMinor > rule.MaxPurchaseMinor)
            {
                return (DeclineReason.AmountOverRule, rule.Owner);
            }
        }

        foreach (var rule in _rules)
        {
            if (rule.MaxDayMinor is { } most && purchase.AmountMinor > most - daySpentMinor)
            {
                return (DeclineReason.DayAmountOverRule, rule.Owner);
            }
        }

        return (DeclineReason.None, RuleOwner.None);
    }

    /// <inheritdoc/>
    public bool Equals(PurchaseRules? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PurchaseRules);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    private IReadOnlyCollection<string>? Common(Func<PurchaseRule, FrozenSet<string>?> allowed)
    {
        IEnumerable<string>? common = null;
        foreach (var rule in _rules)
        {
            if (allowed(rule) is { } more)
            {
                common = common?.Where(more.Contains) ?? more;
            }
        }

        return common is null ? null : [.. common.Order(StringComparer.Ordinal)];
    }
}
