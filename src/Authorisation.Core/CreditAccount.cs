namespace Authorisation.Core;

/// <summary>
/// A monthly limit on one instrument, with everything that a decision looks at, as it stood at one
/// <see cref="Version"/>. Immutable: what a purchase changes is a new value.
/// </summary>
public record CreditAccount
{
    /// <summary>Names the account everywhere; for app credit it is also the instrument.</summary>
    public required Guid Id { get; init; }

    /// <summary>The card or app that the credit is on.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>
    /// Grows with every change of the account, purchases included, and over successive accounts of one card.
    /// </summary>
    public required long Version { get; init; }

    /// <summary>What may be spent in a month, in minor units.</summary>
    public required long LimitMinor { get; init; }

    /// <summary>What has been used of it, in the month that the balance names.</summary>
    public required Balance Balance { get; init; }

    /// <summary>
    /// The billing snapshot (organisation, department, traveller, billing reference) that a purchase decided now
    /// is invoiced with.
    /// </summary>
    public required long BillingSnapshotId { get; init; }

    /// <summary>The operator gives no credit on cards, whatever it did before; false for app credit.</summary>
    public bool CardCreditNotOffered { get; init; }

    /// <summary>An administrator took the credit away.</summary>
    public bool Removed { get; init; }

    /// <summary>App credit that no app has been activated for; a card needs none.</summary>
    public bool AwaitsActivation { get; init; }

    /// <summary>An administrator blocked the credit.</summary>
    public bool Blocked { get; init; }

    /// <summary>The operator suspended the organisation.</summary>
    public bool OrganisationSuspended { get; init; }

    /// <summary>The card carries prepaid tickets.</summary>
    public bool CardHasTickets { get; init; }

    /// <summary>The ticket types that may be bought; <see langword="null"/> for all.</summary>
    public IReadOnlyList<string>? AllowedProducts { get; init; }

    /// <summary>The most that one purchase may cost, in minor units; <see langword="null"/> for no such rule.</summary>
    public long? MaxPurchaseMinor { get; init; }
}
