using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>
/// A line of an invoice: one row of the ledger, one charge, or all rows of a card that belong together.
/// </summary>
internal sealed record InvoiceLine
{
    /// <summary>1 to the number of lines.</summary>
    public required int Number { get; init; }

    public required Guid DepartmentId { get; init; }

    public required string Department { get; init; }

    public string? CostCentre { get; init; }

    public Guid? TravellerId { get; init; }

    public string? Traveller { get; init; }

    /// <summary>
    /// <c>app</c>, or <c>card ····1234</c>: never more of a card's number than its last four digits. Null for a charge,
    /// which is bought on no credit.
    /// </summary>
    public required string? Instrument { get; init; }

    /// <summary>
    /// What was bought, in the operator's words: the product; where there is none, the <see cref="Description"/>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>What happened, in the operator's language: a purchase, a refund, the sum of a card.</summary>
    public required string Description { get; init; }

    public string? Purpose { get; init; }

    public string? Product { get; init; }

    /// <summary>When it happened by the device's clock; null on a line that sums.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>When it was decided; null on a line that sums.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>
    /// Whether the reader sees the time of day; else both moments are the midnight that their day begins with.
    /// </summary>
    public bool ShowsTime { get; init; } = true;

    /// <summary>How many rows the line sums, refunds included; 1 or more.</summary>
    public required int Count { get; init; }

    /// <summary>The line's part of its rate's net, in minor units.</summary>
    public required long NetMinor { get; init; }

    /// <summary>VAT in hundredths of a percent.</summary>
    public required int VatBasisPoints { get; init; }

    public required VatCategory VatCategory { get; init; }

    /// <summary>With VAT, in minor units; negative for refunds.</summary>
    public required long GrossMinor { get; init; }

    /// <summary>When it was made, as well as is known; null on a line that sums.</summary>
    public DateTimeOffset? MadeAt => OccurredAt ?? RecordedAt;
}
