namespace Authorisation.Core;

/// <summary>
/// One decided purchase as the ledger keeps it: inserted once, never changed. Everything that an invoice line needs
/// is fixed here, so that later edits of names, references and rates move nothing.
/// </summary>
public sealed record AuthorisationEntry
{
    /// <summary>What was asked. Of a tombstone only its id, its originator and its operator are known.</summary>
    public required Purchase Purchase { get; init; }

    /// <summary>The account it was decided on; <see langword="null"/> when the instrument was unknown.</summary>
    public required Guid? AccountId { get; init; }

    /// <summary>Approved or declined.</summary>
    public required Decision Decision { get; init; }

    /// <summary>Why it was declined; <see cref="DeclineReason.None"/> for an approval.</summary>
    public required DeclineReason DeclineReason { get; init; }

    /// <summary>
    /// Whose rule or budget declined it; <see cref="RuleOwner.None"/> for an approval, and where none did.
    /// </summary>
    public RuleOwner DeclinedBy { get; init; }

    /// <summary>
    /// The VAT rate that applies, in hundredths of a percent: the purchase's own or the operator's then.
    /// </summary>
    public required int VatBasisPoints { get; init; }

    /// <summary>The moment of decision, by the database's clock, read while the account was locked.</summary>
    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>When the hold lapses; <see langword="null"/> for a purchase taken at once, and for a decline.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The month whose limit it counts against.</summary>
    public required CreditMonth CreditMonth { get; init; }

    /// <summary>The month whose invoice carries it.</summary>
    public required CreditMonth InvoiceMonth { get; init; }

    /// <summary>
    /// The billing snapshot it is invoiced with; <see langword="null"/> when the instrument was unknown.
    /// </summary>
    public required long? BillingSnapshotId { get; init; }

    /// <summary>
    /// Whether this is no purchase but the tombstone of a void that came before one: a purchase that arrives late is
    /// declined.
    /// </summary>
    public bool IsTombstone => DeclineReason == DeclineReason.Reversed;

    /// <summary>What the authorisation was right after the decision.</summary>
    public AuthorisationState State => this switch
    {
        { IsTombstone: true } => AuthorisationState.Voided,
        { Decision: Decision.Declined } => AuthorisationState.Declined,
        { Purchase.Hold: true } => AuthorisationState.Held,
        _ => AuthorisationState.Captured,
    };
}
