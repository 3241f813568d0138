namespace Authorisation.Core.Tests;

/// <summary>Values that a test starts from and changes in the one respect that it is about.</summary>
internal static class Some
{
    public const int OperatorId = 7;

    public static readonly Guid AppId = Guid.Parse("0198a7b2-0000-7000-8000-000000000001");

    public static readonly TimeZoneInfo Stockholm = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");

    public static readonly TimeZoneInfo Oslo = TimeZoneInfo.FindSystemTimeZoneById("Europe/Oslo");

    public static readonly DateTimeOffset Now = At("2026-11-16T08:15:00Z");

    public static readonly CreditMonth November = CreditMonth.FromNumber(2026_11);

    public static readonly Operator Terms = new()
    {
        Id = OperatorId,
        Code = "jonkoping",
        Currency = "SEK",
        TimeZone = Stockholm,
        OffersCardCredit = true,
        Purpose = PurposeRule.Required,
        VatBasisPoints = 600,
        HoldTime = TimeSpan.FromHours(2),
    };

    /// <summary>Anna's credit on a card: 500 kr, nothing used.</summary>
    public static readonly CreditAccount Account = new()
    {
        Id = AppId,
        Instrument = Instrument.Card(OperatorId, "0012345678"),
        Version = 41,
        LimitMinor = 500_00,
        Balance = new Balance(November, SpentMinor: 0, HeldMinor: 0, NextHoldExpiry: null),
        BillingSnapshotId = 12,
    };

    /// <summary>A ticket for 250 kr, which <see cref="Account"/> has credit for.</summary>
    public static readonly Purchase Purchase = new()
    {
        Id = Guid.Parse("0198a7b2-0000-7000-8000-00000000000a"),
        Originator = Originator.Client(3),
        Instrument = Account.Instrument,
        AmountMinor = 250_00,
        Purpose = "Visit to the customer",
        Product = "single-adult",
    };

    public static DateTimeOffset At(string instant) =>
        DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);

    public static CreditAccount WithSpent(this CreditAccount account, long spentMinor) =>
        account with { Balance = account.Balance with { SpentMinor = spentMinor } };

    public static Outcome Ask(Purchase purchase, CreditAccount? account, AuthorisationEntry? seen = null) =>
        Decide.Authorise(purchase, seen is null ? null : new AuthorisationHistory(seen), account, Terms, Now);
}
