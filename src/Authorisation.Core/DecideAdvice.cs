namespace Authorisation.Core;

/// <summary>
/// The part of the rule that records what a device sold out of reach. It declines nothing, and it alone may take spent
/// above the limit.
/// </summary>
internal static class DecideAdvice
{
    public static Outcome On(Advice advice, in KnownState known)
    {
        if (known.History is not { } history)
        {
            return Record(advice, known);
        }

        var first = history.Entry;
        if (first.Purchase.Originator != advice.Originator || first.Purchase.Instrument.OperatorId != known.Terms.Id)
        {
            return Outcome.Of(OutcomeKind.TakenByAnother);
        }

        // A device that asked for a hold has taken it when the ride is over, so holds are not compared.
        if (!first.IsTombstone
            && (advice.Purchase with { Hold = first.Purchase.Hold }).DifferencesFrom(first.Purchase) is { Count: > 0 } differences)
        {
            return Outcome.Differs(differences);
        }

        if (history.Advice is { } recorded)
        {
            return new Outcome { Kind = OutcomeKind.Replayed, Operation = recorded, History = history };
        }

        // Whatever it was when it was voided: a caller that voids vouches that the ticket was not used.
        if (history.WasVoided)
        {
            return Outcome.Refuse(Refusal.AlreadyVoided);
        }

        return history.StateAt(known.Now) switch
        {
            AuthorisationState.Declined => TakeDeclined(advice, history, known),
            AuthorisationState.Expired => TakeExpired(advice, history, known),
            AuthorisationState.Held => DecideOperation.Done(history, Entry(advice, history, AuthorisationState.Captured, known) with
            {
                HeldMinor = -history.HeldMinor,
                InvoicedMinor = history.HeldMinor,
            }),
            var state => DecideOperation.Done(history, Entry(advice, history, state, known)),
        };
    }

    /// <summary>Whether an amount takes an account above its limit in a month.</summary>
    public static bool IsOverLimit(long amountMinor, CreditAccount account, CreditMonth month) =>
        amountMinor > account.LimitIn(month) - account.Balance.In(month).SpentMinor;

    /// <summary>A sale that nothing was known of.</summary>
    private static Outcome Record(Advice advice, in KnownState known)
    {
        // What would have been held is taken: the ride is over.
        var purchase = advice.Purchase with { Hold = false };
        var month = advice.MonthAt(known.Now, known.Terms.TimeZone);
        var account = known.Account;
        var entry = new AuthorisationEntry
        {
            Purchase = purchase,
            AccountId = account?.Id,
            Decision = Decision.Approved,
            DeclineReason = DeclineReason.None,
            VatBasisPoints = purchase.VatBasisPoints ?? known.Terms.VatBasisPoints,
            DecidedAt = known.Now,
            ExpiresAt = null,
            CreditMonth = month,
            InvoiceMonth = CreditMonth.Later(month, known.FirstOpenMonth),
            BillingSnapshotId = account?.BillingSnapshotId,
        };
        var history = new AuthorisationHistory(entry);
        var operation = Entry(advice, history, AuthorisationState.Captured, known) with
        {
            OverLimit = account is not null && IsOverLimit(purchase.AmountMinor, account, month),
        };
        return DecideOperation.Done(history, operation) with
        {
            Entry = entry,
            BalanceAfter = account?.Balance.In(month).Take(purchase.AmountMinor, expiresAt: null) ?? default,
        };
    }

    /// <summary>A sale that was declined when the device asked, and took place all the same.</summary>
    private static Outcome TakeDeclined(Advice advice, AuthorisationHistory history, in KnownState known)
    {
        var amount = history.Entry.Purchase.AmountMinor;
        var month = advice.MonthAt(known.Now, known.Terms.TimeZone);
        var account = known.Account;
        return DecideOperation.Done(history, Entry(advice, history, AuthorisationState.Captured, known) with
        {
            AccountId = account?.Id,
            BillingSnapshotId = account?.BillingSnapshotId,
            CreditMonth = month,
            InvoiceMonth = CreditMonth.Later(month, known.FirstOpenMonth),
            SpentMinor = account is null ? 0 : amount,
            InvoicedMinor = account is null ? 0 : amount,
            OverLimit = account is not null && IsOverLimit(amount, account, month),
        });
    }

    /// <summary>A sale whose hold lapsed before the device could say that it took place.</summary>
    private static Outcome TakeExpired(Advice advice, AuthorisationHistory history, in KnownState known)
    {
        var amount = history.Entry.Purchase.AmountMinor;
        return DecideOperation.Done(history, Entry(advice, history, AuthorisationState.Captured, known) with
        {
            SpentMinor = amount - history.SpentMinor,
            HeldMinor = -history.HeldMinor,
            InvoicedMinor = amount,
            OverLimit = known.Account is { } account
                && IsOverLimit(amount - history.SpentMinor, account, history.CreditMonth),
        });
    }

    private static OperationEntry Entry(
        Advice advice, AuthorisationHistory history, AuthorisationState after, in KnownState known) =>
        DecideOperation.Entry(
            new Operation
            {
                Id = advice.OperationId,
                AuthorisationId = advice.AuthorisationId,
                Kind = OperationKind.Advice,
                By = advice.By,
                MadeOffline = true,
            },
            history,
            after,
            known);
}
