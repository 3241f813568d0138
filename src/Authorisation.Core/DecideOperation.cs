namespace Authorisation.Core;

/// <summary>The part of the rule that decides operations: capture, void, refund, expiry, match.</summary>
internal static class DecideOperation
{
    public static Outcome On(Operation operation, in KnownState known)
    {
        if (known.Operation is { } seen)
        {
            return Repeat(operation, seen, known.History);
        }

        if (known.History is not { } history)
        {
            return operation.Kind == OperationKind.Void ? Mark(operation, known) : Outcome.Of(OutcomeKind.NotFound);
        }

        if (!operation.By.IsService && !Rights.MaySee(operation.By, known.Terms.Id, history.Entry))
        {
            // Of a void the caller thinks that the id is its own, and that nothing has come under it: it is not to be
            // had.
            return Outcome.Of(operation.Kind == OperationKind.Void ? OutcomeKind.TakenByAnother : OutcomeKind.NotFound);
        }

        if (!Rights.MayOperate(operation, history, known.Terms, known.Now))
        {
            return Outcome.Of(OutcomeKind.NotAllowed);
        }

        if (history.Operations.Count >= Limits.OperationsPerAuthorisationMax && !operation.By.IsService)
        {
            return Outcome.Refuse(Refusal.TooManyOperations);
        }

        return operation.Kind switch
        {
            OperationKind.Capture => Capture(operation, history, known),
            OperationKind.Void => Void(operation, history, known),
            OperationKind.Refund => Refund(operation, history, known),
            OperationKind.Expiry => Expire(operation, history, known),
            OperationKind.Match => Match(operation, history, known),
            _ => throw new InvalidOperationException($"There is no rule for the operation {operation.Kind}."),
        };
    }

    /// <summary>What an operation does that has just been decided.</summary>
    public static Outcome Done(AuthorisationHistory history, OperationEntry entry) =>
        new() { Kind = OutcomeKind.Decided, Operation = entry, History = history.With(entry) };

    /// <summary>An operation on an authorisation, which does nothing yet.</summary>
    public static OperationEntry Entry(
        Operation operation, AuthorisationHistory history, AuthorisationState after, in KnownState known) => new()
        {
            Request = operation,
            Ordinal = history.Operations.Count + 1,
            StateAfter = after,
            AccountId = history.AccountId,
            BillingSnapshotId = history.BillingSnapshotId,
            CreditMonth = history.CreditMonth,
            InvoiceMonth = CreditMonth.Later(history.CreditMonth, known.FirstOpenMonth),
            MadeAt = known.Now,
        };

    private static Outcome Repeat(Operation operation, OperationEntry seen, AuthorisationHistory? history)
    {
        if (seen.Request.Originator != operation.Originator)
        {
            return Outcome.Of(OutcomeKind.TakenByAnother);
        }

        return operation.DifferencesFrom(seen.Request) is { Count: > 0 } differences
            ? Outcome.Differs(differences)
            : new Outcome { Kind = OutcomeKind.Replayed, Operation = seen, History = history };
    }

    /// <summary>A void of an id that was never seen keeps the id from being bought with.</summary>
    private static Outcome Mark(Operation operation, in KnownState known)
    {
        var month = CreditMonth.Of(known.Now, known.Terms.TimeZone);
        var mark = new AuthorisationEntry
        {
            Purchase = new Purchase
            {
                Id = operation.AuthorisationId,
                Originator = operation.Originator,
                Instrument = Instrument.None(known.Terms.Id),
                AmountMinor = 0,
            },
            AccountId = null,
            Decision = Decision.Declined,
            DeclineReason = DeclineReason.Reversed,
            VatBasisPoints = known.Terms.VatBasisPoints,
            DecidedAt = known.Now,
            ExpiresAt = null,
            CreditMonth = month,
            InvoiceMonth = CreditMonth.Later(month, known.FirstOpenMonth),
            BillingSnapshotId = null,
        };
        var history = new AuthorisationHistory(mark);
        return Done(history, Entry(operation, history, AuthorisationState.Voided, known)) with { Entry = mark };
    }

    private static Outcome Capture(Operation operation, AuthorisationHistory history, in KnownState known)
    {
        var refusal = history.StateAt(known.Now) switch
        {
            AuthorisationState.Held => Refusal.None,
            AuthorisationState.Declined => Refusal.AuthorisationDeclined,
            AuthorisationState.Voided => Refusal.AlreadyVoided,
            AuthorisationState.Expired => Refusal.HoldExpired,
            AuthorisationState.Captured or AuthorisationState.Refunded => Refusal.AlreadyCaptured,
            var other => throw new InvalidOperationException($"There is no state {other}."),
        };
        var held = history.HeldMinor;
        var taken = operation.AmountMinor ?? held;
        if (refusal == Refusal.None && taken > held)
        {
            refusal = Refusal.AmountOverHeld;
        }

        return refusal != Refusal.None
            ? Outcome.Refuse(refusal)
            : Done(history, Entry(operation, history, AuthorisationState.Captured, known) with
            {
                AmountMinor = taken,
                SpentMinor = taken - held,
                HeldMinor = -held,
                InvoicedMinor = taken,
            });
    }

    private static Outcome Void(Operation operation, AuthorisationHistory history, in KnownState known)
    {
        var state = history.StateAt(known.Now);
        if (state == AuthorisationState.Refunded)
        {
            return Outcome.Refuse(Refusal.AlreadyRefunded);
        }

        // What an originator undoes in time is on the invoice of the first open month, like a refund.
        if (state == AuthorisationState.Captured && history.InvoiceMonth < known.FirstOpenMonth
            && !Rights.IsFinishing(operation, history.Entry, known.Terms, known.Now))
        {
            return Outcome.Refuse(Refusal.MonthClosed);
        }

        // Of what is declined, voided or expired nothing counts, so this changes nothing; it is recorded all the same,
        // so that the operation's id is taken.
        var after = state is AuthorisationState.Held or AuthorisationState.Captured ? AuthorisationState.Voided : state;
        return Done(history, Entry(operation, history, after, known) with
        {
            SpentMinor = -history.SpentMinor,
            HeldMinor = -history.HeldMinor,
            InvoicedMinor = -history.InvoicedMinor,
        });
    }

    private static Outcome Refund(Operation operation, AuthorisationHistory history, in KnownState known)
    {
        var refusal = history.StateAt(known.Now) switch
        {
            AuthorisationState.Captured => Refusal.None,
            AuthorisationState.Declined => Refusal.AuthorisationDeclined,
            AuthorisationState.Held => Refusal.NotCaptured,
            AuthorisationState.Voided => Refusal.AlreadyVoided,
            AuthorisationState.Expired => Refusal.HoldExpired,
            AuthorisationState.Refunded => Refusal.AlreadyRefunded,
            var other => throw new InvalidOperationException($"There is no state {other}."),
        };
        var remaining = history.CapturedMinor - history.RefundedMinor;
        var given = operation.AmountMinor ?? remaining;
        if (refusal == Refusal.None && given > remaining)
        {
            refusal = Refusal.AmountOverRemaining;
        }

        if (refusal != Refusal.None)
        {
            return Outcome.Refuse(refusal);
        }

        var after = given == remaining ? AuthorisationState.Refunded : AuthorisationState.Captured;
        var isOfThisMonth = history.CreditMonth == CreditMonth.Of(known.Now, known.Terms.TimeZone);
        return Done(history, Entry(operation, history, after, known) with
        {
            AmountMinor = given,
            // An advice of an unknown card is on no account, and on no invoice, until it is matched.
            SpentMinor = isOfThisMonth && history.AccountId is not null ? -given : 0,
            InvoicedMinor = history.AccountId is not null ? -given : 0,
        });
    }

    private static Outcome Expire(Operation operation, AuthorisationHistory history, in KnownState known) =>
        !history.IsLapsedAt(known.Now)
            ? Outcome.Refuse(Refusal.NotLapsed)
            : Done(history, Entry(operation, history, AuthorisationState.Expired, known) with
            {
                SpentMinor = -history.SpentMinor,
                HeldMinor = -history.HeldMinor,
            });

    private static Outcome Match(Operation operation, AuthorisationHistory history, in KnownState known)
    {
        if (history.AccountId is not null || known.Account is not { } account)
        {
            return history.AccountId is not null ? Outcome.Refuse(Refusal.AlreadyMatched) : Outcome.Of(OutcomeKind.NotFound);
        }

        if (history.RecordedState != AuthorisationState.Captured)
        {
            return Outcome.Refuse(history.RecordedState switch
            {
                AuthorisationState.Voided => Refusal.AlreadyVoided,
                AuthorisationState.Refunded => Refusal.AlreadyRefunded,
                _ => Refusal.AuthorisationDeclined,
            });
        }

        var taken = history.CapturedMinor - history.RefundedMinor;
        return Done(history, Entry(operation, history, AuthorisationState.Captured, known) with
        {
            AccountId = account.Id,
            BillingSnapshotId = account.BillingSnapshotId,
            SpentMinor = taken,
            InvoicedMinor = taken,
            OverLimit = DecideAdvice.IsOverLimit(taken, account, history.CreditMonth),
        });
    }
}
