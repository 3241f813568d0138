using Authorisation.Core;

namespace Authorisation.Bench;

/// <summary>Accounts and purchases as they are in life.</summary>
internal static class Accounts
{
    /// <summary>The operator.</summary>
    public static Operator Terms { get; } = new()
    {
        Id = 1,
        Code = "load",
        Currency = "SEK",
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm"),
        OffersCardCredit = true,
        Purpose = PurposeRule.KeptIfGiven,
        VatBasisPoints = 600,
        HoldTime = TimeSpan.FromMinutes(30),
    };

    /// <summary>A card's account with some of its credit spent.</summary>
    public static CreditAccount Card(DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        Instrument = Instrument.Card(1, "100000000000"),
        Version = 17,
        LimitMinor = 600_000,
        Balance = new Balance(CreditMonth.Of(now, Terms.TimeZone), 123_456, 0, NextHoldExpiry: null),
        BillingSnapshotId = 4711,
    };

    /// <summary>A purchase on a card.</summary>
    public static Purchase Purchase(string card, long amountMinor) => new()
    {
        Id = Guid.CreateVersion7(),
        Originator = Originator.Client(1),
        Instrument = Instrument.Card(1, card),
        AmountMinor = amountMinor,
        Product = "single-adult",
        OccurredAt = DateTimeOffset.UtcNow,
        Trip = new Trip("1287", "42", Zone: null, "Torget"),
        DeviceId = "validator-0017",
    };
}
