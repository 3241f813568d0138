using System.Collections.Frozen;

namespace Authorisation.Core;

/// <summary>
/// What one rule lets be bought: of a credit, a department or an organisation. What is <see langword="null"/> is not
/// limited. Immutable.
/// </summary>
public sealed class PurchaseRule
{
    /// <summary>Whose rule it is.</summary>
    public required RuleOwner Owner { get; init; }

    /// <summary>The ticket types that may be bought; those of allowed kinds are among them.</summary>
    public FrozenSet<string>? Products { get; init; }

    /// <summary>The zones in which something may be bought.</summary>
    public FrozenSet<string>? Zones { get; init; }

    /// <summary>
    /// The ticket types that are good in <see cref="Zones"/> and nowhere else: what counts of a purchase that names no
    /// zone.
    /// </summary>
    public FrozenSet<string> ProductsWithin { get; init; } = FrozenSet<string>.Empty;

    /// <summary>When something may be bought.</summary>
    public WeekTimes? Times { get; init; }

    /// <summary>The most that one purchase may cost, in minor units.</summary>
    public long? MaxPurchaseMinor { get; init; }

    /// <summary>The most that the purchases of one day may cost, in minor units.</summary>
    public long? MaxDayMinor { get; init; }

    /// <summary>Whether a ticket type may be bought; a purchase that names none is of none that is allowed.</summary>
    public bool AllowsProduct(string? product) => Products is null || (product is not null && Products.Contains(product));

    /// <summary>Whether something may be bought where a purchase is made.</summary>
    public bool AllowsZone(Purchase purchase) => Zones is null
        || (purchase.Trip?.Zone is { } zone
            ? Zones.Contains(zone)
            : purchase.Product is { } product && ProductsWithin.Contains(product));
}
