using Authorisation.Core;

namespace Authorisation.Cache.Tests;

/// <summary>Snapshots to cache: plain ones, and ones with random contents.</summary>
internal static class Some
{
    private static readonly string[] Words = ["", "single-adult", "månadskort", "дни", "日本", "🚌", new string('å', 64)];

    /// <summary>A card that no other test uses.</summary>
    public static Instrument Card() =>
        Instrument.Card(Random.Shared.Next(1, 1000), Random.Shared.NextInt64(1_000_000, long.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static AccountSnapshot Snapshot(Instrument instrument, long version = 1, long spentMinor = 0) => new(
        new CreditAccount
        {
            Id = instrument.Kind == InstrumentKind.App ? instrument.AccountId : Guid.NewGuid(),
            Instrument = instrument,
            Version = version,
            LimitMinor = 500_00,
            Balance = new Balance(CreditMonth.FromNumber(2026_11), spentMinor, HeldMinor: 0, NextHoldExpiry: null),
            BillingSnapshotId = 12,
        },
        new DateTimeOffset(2026, 11, 16, 8, 15, 0, TimeSpan.Zero));

    public static AccountSnapshot RandomSnapshot(Random random)
    {
        var spent = random.NextInt64(long.MaxValue);
        var held = random.NextInt64(spent);
        var instrument = Coin() ? Card() : Instrument.App(random.Next(), Guid.NewGuid());
        return new AccountSnapshot(
            new CreditAccount
            {
                Id = instrument.Kind == InstrumentKind.App ? instrument.AccountId : Guid.NewGuid(),
                Instrument = instrument,
                Version = random.NextInt64(long.MaxValue),
                LimitMinor = random.NextInt64(long.MaxValue),
                Balance = new Balance(Month(), spent, held, Coin() ? Instant() : null),
                BillingSnapshotId = random.NextInt64(long.MaxValue),
                CardCreditNotOffered = Coin(),
                Removed = Coin(),
                AwaitsActivation = Coin(),
                Blocked = Coin(),
                OrganisationSuspended = Coin(),
                CardHasTickets = Coin(),
                Rules = Coin() ? Rules([.. random.GetItems(Words, random.Next(0, 20)).Distinct(StringComparer.Ordinal)]) : null,
                Today = Coin() ? new DaySpending(random.Next(1_000_000), random.NextInt64() - (long.MaxValue / 2), random.NextInt64()) : null,
                Dates = Coin() ? Dates() : null,
            },
            Instant());

        CreditDates? Dates()
        {
            DateOnly? first = Coin() ? DateOnly.FromDayNumber(random.Next(1_000_000)) : null;
            DateOnly? last = Coin() ? DateOnly.FromDayNumber(random.Next(1_000_000)) : null;
            var extra = Coin() ? random.NextInt64(1, long.MaxValue) : 0;
            return first is null && last is null && extra == 0
                ? null : new CreditDates(first, last, extra == 0 ? default : Month(), extra);
        }

        bool Coin() => random.Next(2) == 0;

        CreditMonth Month() => CreditMonth.FromNumber(Coin() ? 0 : (random.Next(1, 10_000) * 100) + random.Next(1, 13));

        DateTimeOffset Instant() => new(random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero);
    }

    /// <summary>Rules that allow some ticket types.</summary>
    public static PurchaseRules Rules(params string[] products) => PurchaseRules.TryParse(
        System.Text.Json.JsonSerializer.Serialize(new { rules = new[] { new { by = 1, products } } }), out var rules)
        ? rules : throw new InvalidOperationException("These are no rules.");

    public static void AssertSame(AccountSnapshot expected, AccountSnapshot? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected, actual);
    }
}
