namespace Authorisation.Core;

/// <summary>
/// Whether a validator without coverage may accept a card, and until when that is so: what every purchase on the card
/// would be declined for, whatever it is for and whatever it costs. Pure, like <see cref="Decide"/>, and with its
/// precedence. What holds at some times only, a rule or a credit's days, denies no card: nobody would tell the validator
/// when that ends.
/// </summary>
/// <param name="Reason">Why the card must be refused; <see cref="DeclineReason.None"/> when it may be accepted.</param>
/// <param name="LapsesAt">When the refusal ends by itself: the month's end of a card that nothing remains on.</param>
/// <param name="IsGone">There is no open account on the card, so that it can be forgotten after a while.</param>
public readonly record struct CardStatus(DeclineReason Reason, DateTimeOffset? LapsesAt, bool IsGone)
{
    /// <summary>The status of a card.</summary>
    /// <param name="account">The account on the card; <see langword="null"/> when there never was one.</param>
    /// <param name="zone">The operator's time zone.</param>
    /// <param name="now">The time by the database's clock, read no later than the account.</param>
    public static CardStatus Of(CreditAccount? account, TimeZoneInfo zone, DateTimeOffset now)
    {
        var reason = account switch
        {
            null => DeclineReason.UnknownInstrument,
            { CardCreditNotOffered: true } => DeclineReason.CardCreditNotOffered,
            { Removed: true } => DeclineReason.CreditRemoved,
            { Blocked: true } => DeclineReason.Blocked,
            { OrganisationSuspended: true } => DeclineReason.OrganisationSuspended,
            { CardHasTickets: true } => DeclineReason.CardHasTickets,
            _ when IsSpent(account, zone, now) => DeclineReason.InsufficientCredit,
            _ => DeclineReason.None,
        };
        return new CardStatus(
            reason,
            reason == DeclineReason.InsufficientCredit ? account!.Balance.Month.Next.StartsAt(zone) : null,
            IsGone: account is null or { Removed: true });
    }

    /// <summary>
    /// Nothing remains, in this month or, where the clock was set back over a month's edge, in one that is to come:
    /// what this month has used is then not known here, and nothing checks again when that month comes.
    /// </summary>
    private static bool IsSpent(CreditAccount account, TimeZoneInfo zone, DateTimeOffset now) =>
        account.Balance.Month >= CreditMonth.Of(now, zone) && account.Balance.SpentMinor >= account.LimitIn(account.Balance.Month);
}
