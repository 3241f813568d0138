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
        var (reason, declinedBy) = FirstReasonToDecline(purchase, account, balance, now, terms.TimeZone);
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
                DeclinedBy = declinedBy,
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
        DeclinedBy = RuleOwner.None,
        ExpiresAt = null,
    };

    /// <summary>
    /// What becomes of a purchase that the account's credit is enough for and a budget is not.
    /// </summary>
    /// <param name="approved">What was decided on the account.</param>
    /// <param name="before">The account as that was decided on it.</param>
    /// <param name="budgetOf">Whose budget it is.</param>
    public static Outcome OverBudget(Outcome approved, CreditAccount before, RuleOwner budgetOf)
    {
        var entry = approved.Entry!;
        return approved with
        {
            BalanceAfter = before.Balance.In(entry.CreditMonth),
            Entry = entry with
            {
                Decision = Decision.Declined,
                DeclineReason = DeclineReason.BudgetSpent,
                DeclinedBy = budgetOf,
                ExpiresAt = null,
            },
        };
    }

    /// <summary>
    /// Why every purchase on an account would be declined, whatever it costs; <see cref="DeclineReason.None"/> when
    /// none would for the account's own sake.
    /// </summary>
    /// <param name="account">The account; <see langword="null"/> when there is none.</param>
    /// <param name="now">The moment.</param>
    /// <param name="zone">The operator's time zone.</param>
    public static DeclineReason ReasonNotUsable(CreditAccount? account, DateTimeOffset now, TimeZoneInfo zone) => account switch
    {
        null => DeclineReason.UnknownInstrument,
        { CardCreditNotOffered: true } => DeclineReason.CardCreditNotOffered,
        { Removed: true } => DeclineReason.CreditRemoved,
        { AwaitsActivation: true } => DeclineReason.NotActivated,
        { Blocked: true } => DeclineReason.Blocked,
        { Dates: { HasDays: true } dates } when !dates.Contains(LocalDay.Of(now, zone)) => DeclineReason.CreditNotValidToday,
        { OrganisationSuspended: true } => DeclineReason.OrganisationSuspended,
        { CardHasTickets: true } => DeclineReason.CardHasTickets,
        { Rules: { } rules } when rules.AllowsNoProduct => DeclineReason.ProductNotAllowed,
        _ => DeclineReason.None,
    };

    /// <summary>
    /// In the order of precedence, which is the order of the numbers of <see cref="DeclineReason"/>. A budget, which
    /// comes last, is asked when the purchase is written.
    /// </summary>
    private static (DeclineReason Reason, RuleOwner Owner) FirstReasonToDecline(
        Purchase purchase, CreditAccount? account, Balance balance, DateTimeOffset now, TimeZoneInfo zone)
    {
        var notUsable = ReasonNotUsable(account, now, zone);
        if (notUsable is not (DeclineReason.None or DeclineReason.ProductNotAllowed))
        {
            return (notUsable, RuleOwner.None);
        }

        if (account!.Rules is { } rules)
        {
            var byRule = rules.FirstToDecline(
                purchase,
                rules.DependsOnTime ? TimeZoneInfo.ConvertTime(now, zone).DateTime : default,
                rules.CountsDays ? account.Today!.On(DaySpending.DayOf(now, zone)) : 0);
            if (byRule.Reason != DeclineReason.None)
            {
                return byRule;
            }
        }

        // As a subtraction, so that no sum can overflow; spent may be above a limit that was lowered.
        return purchase.AmountMinor > account.LimitIn(balance.Month) - balance.SpentMinor
            ? (DeclineReason.InsufficientCredit, RuleOwner.None)
            : (DeclineReason.None, RuleOwner.None);
    }
}
