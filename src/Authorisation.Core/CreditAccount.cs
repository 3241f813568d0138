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

    /// <summary>What may be spent in every month, in minor units; see <see cref="LimitIn"/>.</summary>
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

    /// <summary>The rules that a purchase must keep; <see langword="null"/> when there is none.</summary>
    public PurchaseRules? Rules { get; init; }

    /// <summary>
    /// What was bought lately by the day; <see langword="null"/> unless a rule bounds what a day may cost.
    /// </summary>
    public DaySpending? Today { get; init; }

    /// <summary>What of it holds at some times only; <see langword="null"/> when all of it holds always.</summary>
    public CreditDates? Dates { get; init; }

    /// <summary>Whether a purchase can be answered in another way at another time of the same month.</summary>
    public bool DependsOnTime => Rules is { DependsOnTime: true } || Dates is { HasDays: true };

    /// <summary>What may be spent in a month, in minor units: the limit, and what that month has beyond it.</summary>
    public long LimitIn(CreditMonth month) => Dates is null ? LimitMinor : LimitMinor + Dates.ExtraIn(month);

    /// <summary>The account after something more was bought on it, or returned on the day it was bought.</summary>
    /// <param name="at">When.</param>
    /// <param name="minor">How much, in minor units; below 0 for what is returned.</param>
    /// <param name="zone">The operator's time zone.</param>
    public DaySpending? TodayWith(DateTimeOffset at, long minor, TimeZoneInfo zone) =>
        Today is null || minor == 0 ? Today : Today.With(DaySpending.DayOf(at, zone), minor);
}
