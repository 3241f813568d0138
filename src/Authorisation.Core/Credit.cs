namespace Authorisation.Core;

/// <summary>What a traveller has to spend in a month. Amounts in minor units.</summary>
/// <param name="LimitMinor">The month's limit, with what this month has beyond it.</param>
/// <param name="SpentMinor">Captured and held together.</param>
/// <param name="HeldMinor">The held part of it.</param>
/// <param name="Month">The month this is for.</param>
public readonly record struct Credit(long LimitMinor, long SpentMinor, long HeldMinor, CreditMonth Month)
{
    /// <summary>Limit less spent, never below 0, even when offline purchases or a lowered limit leave less.</summary>
    public long RemainingMinor => Math.Max(0, LimitMinor - SpentMinor);

    /// <summary>
    /// Why a purchase would be declined now, apart from its amount and ticket type; <see cref="DeclineReason.None"/>
    /// when it would not.
    /// </summary>
    public DeclineReason DeclineReason { get; init; }

    /// <summary>Whether what remains can be spent.</summary>
    public bool IsUsable => DeclineReason == DeclineReason.None;

    /// <summary>What an account has to spend.</summary>
    /// <param name="account">The account.</param>
    /// <param name="month">A month that is not before its balance's.</param>
    /// <param name="now">The moment that it is to be spent.</param>
    /// <param name="zone">The operator's time zone.</param>
    public static Credit Of(CreditAccount account, CreditMonth month, DateTimeOffset now, TimeZoneInfo zone)
    {
        var balance = account.Balance.In(month);
        return new Credit(account.LimitIn(month), balance.SpentMinor, balance.HeldMinor, balance.Month)
        {
            DeclineReason = Decide.ReasonNotUsable(account, now, zone),
        };
    }
}
