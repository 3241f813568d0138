namespace Authorisation.Core;

/// <summary>
/// The rule. Given a command, what is known of its id, the account and the time, says what the answer is. Pure: the
/// same arguments give the same answer, on whichever server, from a snapshot or under a lock.
/// </summary>
public static class Decide
{
    /// <summary>Decides any command on the state it is given.</summary>
    public static Outcome On(ICommand command, in KnownState known) => command switch
    {
        Purchase purchase => Authorise(
            purchase, known.History, known.Account, known.Terms, known.Now, known.FirstOpenMonth),
        Operation operation => DecideOperation.On(operation, known),
        Advice advice => DecideAdvice.On(advice, known),
        _ => throw new InvalidOperationException($"There is no rule for {command.GetType().Name}."),
    };

    /// <summary>The month whose balance a command is decided on; <see langword="null"/> when it needs none.</summary>
    public static CreditMonth? MonthOf(ICommand command, AuthorisationHistory? history, TimeZoneInfo zone, DateTimeOffset now) =>
        command switch
        {
            Purchase => CreditMonth.Of(now, zone),
            Advice advice => history is null or { RecordedState: AuthorisationState.Declined }
                ? advice.MonthAt(now, zone)
                : history.CreditMonth,
            Operation { Kind: OperationKind.Match } => history?.CreditMonth,
            _ => null,
        };

    /// <summary>Decides one purchase.</summary>
    /// <param name="purchase">What is asked; valid.</param>
    /// <param name="seen">The authorisation that has the id already, if there is one.</param>
    /// <param name="account">
    /// The account on the instrument, with a balance that is not of a later month than <paramref name="now"/>'s;
    /// <see langword="null"/> when the instrument is unknown.
    /// </param>
    /// <param name="terms">The operator's terms.</param>
    /// <param name="now">The moment of decision.</param>
    /// <param name="firstOpenMonth">
    /// The operator's first month whose invoices are not closed; omit it when the caller cannot write into a closed
    /// month.
    /// </param>
    public static Outcome Authorise(
        Purchase purchase,
        AuthorisationHistory? seen,
        CreditAccount? account,
        Operator terms,
        DateTimeOffset now,
        CreditMonth firstOpenMonth = default)
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
                // Later than the month itself only when the clock was set back over the end of a month that is closed.
                InvoiceMonth = CreditMonth.Later(month, firstOpenMonth),
                BillingSnapshotId = account?.BillingSnapshotId,
            },
        };
    }

    private static Outcome Repeat(Purchase purchase, AuthorisationHistory seen)
    {
        var first = seen.Entry;
        if (first.Purchase.Originator != purchase.Originator)
        {
            return Outcome.Of(OutcomeKind.TakenByAnother);
        }

        // What a device reported as sold is taken, whether or not it asked for a hold: that is no difference any more.
        var asked = seen.Advice is null ? purchase : purchase with { Hold = first.Purchase.Hold };

        // A tombstone knows nothing of the purchase that it came before.
        if (!first.IsTombstone && asked.DifferencesFrom(first.Purchase) is { Count: > 0 } differences)
        {
            return Outcome.Differs(differences);
        }

        return new Outcome { Kind = OutcomeKind.Replayed, Entry = seen.IsReversed ? Reversed(first) : first };
    }

    private static AuthorisationEntry Reversed(AuthorisationEntry entry) => entry.IsTombstone ? entry : entry with
    {
        Decision = Decision.Declined,
        DeclineReason = DeclineReason.Reversed,
        ExpiresAt = null,
    };

    /// <summary>
    /// Why every purchase on an account would be declined, whatever it costs; <see cref="DeclineReason.None"/> when
    /// none would for the account's own sake.
    /// </summary>
    public static DeclineReason ReasonNotUsable(CreditAccount? account) => account switch
    {
        null => DeclineReason.UnknownInstrument,
        { CardCreditNotOffered: true } => DeclineReason.CardCreditNotOffered,
        { Removed: true } => DeclineReason.CreditRemoved,
        { AwaitsActivation: true } => DeclineReason.NotActivated,
        { Blocked: true } => DeclineReason.Blocked,
        { OrganisationSuspended: true } => DeclineReason.OrganisationSuspended,
        { CardHasTickets: true } => DeclineReason.CardHasTickets,
        { AllowedProducts.Count: 0 } => DeclineReason.ProductNotAllowed,
        _ => DeclineReason.None,
    };

    /// <summary>In the order of precedence, which is the order of the numbers of <see cref="DeclineReason"/>.</summary>
    private static DeclineReason FirstReasonToDecline(Purchase purchase, CreditAccount? account, Balance balance) =>
        ReasonNotUsable(account) is not DeclineReason.None and var reason ? reason : account! switch
        {
            { AllowedProducts: { } allowed } when !IsAllowed(allowed, purchase.Product) => DeclineReason.ProductNotAllowed,
            { MaxPurchaseMinor: { } most } when purchase.AmountMinor > most => DeclineReason.AmountOverRule,
            // As a subtraction, so that no sum can overflow; spent may be above a limit that was lowered.
            _ when purchase.AmountMinor > account!.LimitMinor - balance.SpentMinor => DeclineReason.InsufficientCredit,
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
