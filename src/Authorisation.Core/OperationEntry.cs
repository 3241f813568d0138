namespace Authorisation.Core;

/// <summary>
/// One operation as the ledger keeps it: inserted once, never changed. What an authorisation is now follows from its
/// entry and its operations; what an account has spent in a month follows from the sums of both.
/// </summary>
public sealed record OperationEntry
{
    /// <summary>What was asked.</summary>
    public required Operation Request { get; init; }

    /// <summary>Its place among the operations of its authorisation, from 1.</summary>
    public required int Ordinal { get; init; }

    /// <summary>What the authorisation is after it.</summary>
    public required AuthorisationState StateAfter { get; init; }

    /// <summary>How much was captured or refunded, in minor units; 0 for what takes or gives nothing.</summary>
    public long AmountMinor { get; init; }

    /// <summary>By how much it changes what its account has spent in its month; spent includes held.</summary>
    public long SpentMinor { get; init; }

    /// <summary>By how much it changes what its account holds in its month.</summary>
    public long HeldMinor { get; init; }

    /// <summary>What it puts on the invoice of <see cref="InvoiceMonth"/>; below 0 for what it takes off.</summary>
    public long InvoicedMinor { get; init; }

    /// <summary>
    /// The account that the authorisation is on afterwards; <see langword="null"/> when that is unknown.
    /// </summary>
    public required Guid? AccountId { get; init; }

    /// <summary>The billing snapshot that it is invoiced with.</summary>
    public required long? BillingSnapshotId { get; init; }

    /// <summary>The month that the authorisation counts in.</summary>
    public required CreditMonth CreditMonth { get; init; }

    /// <summary>The month whose invoice carries it: the credit month, or the first open one after it.</summary>
    public required CreditMonth InvoiceMonth { get; init; }

    /// <summary>When it was done, by the database's clock.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>
    /// The kind of caller that did it. The service itself only expires holds; whatever else is in its name is done by
    /// people.
    /// </summary>
    public OperationBy By => Request.By switch
    {
        { Originator.ClientId: not null } => OperationBy.Client,
        { AppAccountId: not null } => OperationBy.App,
        _ when Request.Kind == OperationKind.Expiry => OperationBy.Service,
        _ => OperationBy.Staff,
    };

    /// <summary>For an advice, whether the purchase took spent above the limit.</summary>
    public bool OverLimit { get; init; }
}
