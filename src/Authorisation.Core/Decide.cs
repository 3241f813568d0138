namespace Authorisation.Core;

/// <summary>
/// The rule. Given a purchase, what is known of its id, the account and the time, says what the answer is. Pure: the
/// same arguments give the same answer, on whichever server, from a snapshot or under a lock.
/// </summary>
public static class Decide
{
    /// <summary>Decides one purchase.</summary>
    /// <param name="purchase">What is asked; valid.</param>
    /// <param name="seen">The entry that the id has already, if it has one.</param>
    /// <param name="account">
    /// The account on the instrument, with a balance that is not of a later month than <paramref name="now"/>'s;
    /// <see langword="null"/> when the instrument is unknown.
    /// </param>
    /// <param name="terms">The operator's terms.</param>
    /// <param name="now">The moment of decision.</param>
    public static Outcome Authorise(
        Purchase purchase, AuthorisationEntry? seen, CreditAccount? account, Operator terms, DateTimeOffset now)
    {
        if (seen is not null)
        {
            return Repeat(purchase, seen);
        }

        var month = CreditMonth.Of(now, terms.TimeZone);
        var balance = account?.Balance.In(month) ?? default;
        var reason = FirstReasonToDecline(purchase, account, balance);
        var approved = reason == DeclineReason.None;
        DateTimeOffset? expiresAt = approved && purchase.Hold ? now + terms.HoldTime : null;

        return new Outcome
        {
            Kind = OutcomeKind.Decided,
            BalanceAfter = approved ? balance.Take(purchase.AmountMinor, expiresAt) : balance,
            Entry = new AuthorisationEntry
            {
                Purchase = purchase,
                AccountId = account?.Id,
                Decision = approved ? Decision.Approved : Decision.Declined,
                DeclineReason = reason,
                VatBasisPoints = purchase.VatBasisPoints ?? terms.VatBasisPoints,
                DecidedAt = now,
                ExpiresAt = expiresAt,
                CreditMonth = month,
                InvoiceMonth = month,
                ParticularsId = account?.ParticularsId,
            },
        };
    }

    private static Outcome Repeat(Purchase purchase, AuthorisationEntry seen)
    {
        if (seen.Purchase.Maker != purchase.Maker)
        {
            return new Outcome { Kind = OutcomeKind.TakenByAnother };
        }

        var differences = purchase.DifferencesFrom(seen.Purchase);
        return differences.Count == 0
            ? new Outcome { Kind = OutcomeKind.Replayed, Entry = seen }
            : new Outcome { Kind = OutcomeKind.DiffersFromFirst, Differences = differences };
    }

    /// <summary>In the order of precedence, which is the order of the numbers of <see cref="DeclineReason"/>.</summary>
    private static DeclineReason FirstReasonToDecline(Purchase purchase, CreditAccount? account, Balance balance) =>
        account switch
        {
            null => DeclineReason.UnknownInstrument,
            { CardCreditNotOffered: true } => DeclineReason.CardCreditNotOffered,
            { Removed: true } => DeclineReason.CreditRemoved,
            { AwaitsActivation: true } => DeclineReason.NotActivated,
            { Blocked: true } => DeclineReason.Blocked,
            { OrganisationSuspended: true } => DeclineReason.OrganisationSuspended,
            { CardHasTickets: true } => DeclineReason.CardHasTickets,
            { AllowedProducts: { } allowed } when !IsAllowed(allowed, purchase.Product) => DeclineReason.ProductNotAllowed,
            { MaxPurchaseMinor: { } most } when purchase.AmountMinor > most => DeclineReason.AmountOverRule,
            // As a subtraction, so that no sum can overflow; spent may be above a limit that was lowered.
            _ when purchase.AmountMinor > account.LimitMinor - balance.SpentMinor => DeclineReason.InsufficientCredit,
            _ => DeclineReason.None,
        };

    private static bool IsAllowed(IReadOnlyList<string> allowed, string? product)
    {
        for (var i = 0; i < allowed.Count; i++)
        {
            if (string.Equals(allowed[i], product, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
