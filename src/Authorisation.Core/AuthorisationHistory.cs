namespace Authorisation.Core;

/// <summary>An authorisation with everything that happened to it. What it is now follows from this alone.</summary>
/// <param name="Entry">What was decided.</param>
/// <param name="Operations">What happened afterwards, in order.</param>
public sealed record AuthorisationHistory(AuthorisationEntry Entry, IReadOnlyList<OperationEntry> Operations)
{
    /// <summary>An authorisation that nothing has happened to yet.</summary>
    public AuthorisationHistory(AuthorisationEntry entry)
        : this(entry, [])
    {
    }

    /// <summary>What the ledger has recorded it to be; a hold that lapsed is held until that is recorded.</summary>
    public AuthorisationState RecordedState => Last?.StateAfter ?? Entry.State;

    /// <summary>The account that it is on; <see langword="null"/> when that is unknown.</summary>
    public Guid? AccountId => Last is { } last ? last.AccountId : Entry.AccountId;

    /// <summary>
    /// The billing snapshot that it is invoiced with; <see langword="null"/> when the account is unknown.
    /// </summary>
    public long? BillingSnapshotId => Last is { } last ? last.BillingSnapshotId : Entry.BillingSnapshotId;

    /// <summary>The month that it counts in.</summary>
    public CreditMonth CreditMonth => Last?.CreditMonth ?? Entry.CreditMonth;

    /// <summary>The month whose invoice carries what was taken.</summary>
    public CreditMonth InvoiceMonth => LastWhere(static operation => operation.InvoicedMinor > 0)?.InvoiceMonth ?? Entry.InvoiceMonth;

    /// <summary>What was taken, before refunds; 0 when it was voided.</summary>
    public long CapturedMinor => RecordedState switch
    {
        AuthorisationState.Captured or AuthorisationState.Refunded =>
            LastWhere(static operation => operation.Request.Kind is OperationKind.Capture)?.AmountMinor
            ?? Entry.Purchase.AmountMinor,
        _ => 0,
    };

    /// <summary>The sum of its refunds; 0 when it was voided.</summary>
    public long RefundedMinor => RecordedState == AuthorisationState.Voided
        ? 0
        : Sum(static operation => operation.Request.Kind == OperationKind.Refund ? operation.AmountMinor : 0);

    /// <summary>What counts as spent for it, in its month.</summary>
    public long SpentMinor => (IsOnAccount ? Entry.Purchase.AmountMinor : 0) + Sum(static operation => operation.SpentMinor);

    /// <summary>What is held for it, in its month.</summary>
    public long HeldMinor =>
        (IsOnAccount && Entry.Purchase.Hold ? Entry.Purchase.AmountMinor : 0) + Sum(static operation => operation.HeldMinor);

    /// <summary>The amount on invoices for it.</summary>
    public long InvoicedMinor =>
        (IsOnAccount && !Entry.Purchase.Hold ? Entry.Purchase.AmountMinor : 0) + Sum(static operation => operation.InvoicedMinor);

    /// <summary>Whether it was voided, so that its id is declined ever after.</summary>
    public bool IsReversed => Entry.IsTombstone || (Entry.Decision == Decision.Approved && WasVoided);

    /// <summary>
    /// Whether it was voided. An authorisation that was declined or had lapsed by then keeps that state, and was voided
    /// all the same.
    /// </summary>
    public bool WasVoided => LastWhere(static operation => operation.Request.Kind == OperationKind.Void) is not null;

    /// <summary>The report of a device that sold it out of reach; <see langword="null"/> when there is none.</summary>
    public OperationEntry? Advice => LastWhere(static operation => operation.Request.Kind == OperationKind.Advice);

    private bool IsOnAccount => Entry is { Decision: Decision.Approved, AccountId: not null };

    private OperationEntry? Last => Operations.Count == 0 ? null : Operations[^1];

    /// <summary>What it is at a moment: a hold past its time is expired, whether or not that is recorded.</summary>
    public AuthorisationState StateAt(DateTimeOffset now) => IsLapsedAt(now) ? AuthorisationState.Expired : RecordedState;

    /// <summary>Whether it is a hold past its time whose expiry is not recorded.</summary>
    public bool IsLapsedAt(DateTimeOffset now) =>
        RecordedState == AuthorisationState.Held && Entry.ExpiresAt is { } lapse && lapse <= now;

    /// <summary>This authorisation after one more operation.</summary>
    public AuthorisationHistory With(OperationEntry operation) => this with { Operations = [.. Operations, operation] };

    private OperationEntry? LastWhere(Func<OperationEntry, bool> condition)
    {
        for (var i = Operations.Count - 1; i >= 0; i--)
        {
            if (condition(Operations[i]))
            {
                return Operations[i];
            }
        }

        return null;
    }

    private long Sum(Func<OperationEntry, long> amount)
    {
        var sum = 0L;
        for (var i = 0; i < Operations.Count; i++)
        {
            sum += amount(Operations[i]);
        }

        return sum;
    }
}
