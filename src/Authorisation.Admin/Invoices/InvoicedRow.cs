using Authorisation.Core;

namespace Authorisation.Admin.Invoices;

/// <summary>One row of the closed ledger as it is invoiced, with the particulars that were in force when it was decided.</summary>
internal sealed record InvoicedRow
{
    /// <summary>The row's own id: of the authorisation, or of the operation.</summary>
    public required Guid Id { get; init; }

    public required Guid AuthorisationId { get; init; }

    /// <summary>What happened to the authorisation; null is the authorisation itself.</summary>
    public OperationKind? Kind { get; init; }

    /// <summary>What stands on the invoice, VAT included, in minor units; negative for what is given back.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>VAT in hundredths of a percent.</summary>
    public required int VatBasisPoints { get; init; }

    public required VatCategory VatCategory { get; init; }

    public required Guid DepartmentId { get; init; }

    public required string Department { get; init; }

    public string? CostCentre { get; init; }

    public required Guid TravellerId { get; init; }

    public required string Traveller { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>The card that was shown; null for an app.</summary>
    public string? CardNumber { get; init; }

    public string? Purpose { get; init; }

    public string? Product { get; init; }

    /// <summary>When it happened by the device's clock.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>When it was decided or made.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The month whose limit it counts in: earlier than the invoice's for what was reported or taken late.</summary>
    public required CreditMonth CreditMonth { get; init; }
}
