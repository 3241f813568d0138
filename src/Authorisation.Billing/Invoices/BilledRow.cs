using System.Data.Common;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>
/// One row of the closed ledger as it is invoiced, with the billing snapshots that were in force when it was decided.
/// </summary>
internal sealed record BilledRow
{
    /// <summary>The row's own id: of the authorisation, the operation or the charge.</summary>
    public required Guid Id { get; init; }

    /// <summary>What happened to the authorisation; null is the authorisation itself, or a charge.</summary>
    public OperationKind? Kind { get; init; }

    /// <summary>The amount on the invoice, VAT included, in minor units; negative for refunds.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>VAT in hundredths of a percent.</summary>
    public required int VatBasisPoints { get; init; }

    public required VatCategory VatCategory { get; init; }

    public required Guid DepartmentId { get; init; }

    public required string Department { get; init; }

    public string? CostCentre { get; init; }

    public required Guid TravellerId { get; init; }

    public required string Traveller { get; init; }

    /// <summary>The card that was shown; null for an app, and for a charge.</summary>
    public string? CardNumber { get; init; }

    /// <summary>What a charge is, in the operator's words; null for what was bought on a credit.</summary>
    public string? Charge { get; init; }

    public string? Purpose { get; init; }

    public string? Product { get; init; }

    /// <summary>When it happened by the device's clock.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>When it was decided or made.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>
    /// The month whose limit it counts in: earlier than the invoice's for what was reported or taken late.
    /// </summary>
    public required CreditMonth CreditMonth { get; init; }

    /// <summary>Its category and rate of VAT.</summary>
    public VatRate Vat => new(VatCategory, VatBasisPoints);

    /// <summary>Reads a row of <see cref="InvoiceReader"/>'s query.</summary>
    public static BilledRow Read(DbDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Kind = row.IsDBNull(1) ? null : (OperationKind)row.GetInt16(1),
        AmountMinor = row.GetInt64(2),
        VatBasisPoints = row.GetInt32(3),
        VatCategory = VatLetters.Read(row.GetString(4)),
        DepartmentId = row.GetGuid(5),
        Department = row.GetString(6),
        CostCentre = Text(row, 7),
        TravellerId = row.GetGuid(8),
        Traveller = row.GetString(9),
        CardNumber = Text(row, 10),
        Charge = Text(row, 11),
        Purpose = Text(row, 12),
        Product = Text(row, 13),
        OccurredAt = row.IsDBNull(14) ? null : row.GetFieldValue<DateTimeOffset>(14),
        RecordedAt = row.GetFieldValue<DateTimeOffset>(15),
        CreditMonth = CreditMonth.FromNumber(row.GetInt32(16)),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
