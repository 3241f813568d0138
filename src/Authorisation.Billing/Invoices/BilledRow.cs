using System.Data.Common;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>One row of the closed ledger as it is invoiced, with the billing snapshots that were in force when it was decided.</summary>
internal sealed record BilledRow
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

    /// <summary>Its category and rate of VAT.</summary>
    public VatRate Vat => new(VatCategory, VatBasisPoints);

    /// <summary>Reads a row of <see cref="InvoiceReader"/>'s query.</summary>
    public static BilledRow Read(DbDataReader row) => new()
    {
        Id = row.GetGuid(0),
        AuthorisationId = row.GetGuid(1),
        Kind = row.IsDBNull(2) ? null : (OperationKind)row.GetInt16(2),
        AmountMinor = row.GetInt64(3),
        VatBasisPoints = row.GetInt32(4),
        VatCategory = VatLetters.Read(row.GetString(5)),
        DepartmentId = row.GetGuid(6),
        Department = row.GetString(7),
        CostCentre = Text(row, 8),
        TravellerId = row.GetGuid(9),
        Traveller = row.GetString(10),
        AccountId = row.GetGuid(11),
        CardNumber = Text(row, 12),
        Purpose = Text(row, 13),
        Product = Text(row, 14),
        OccurredAt = row.IsDBNull(15) ? null : row.GetFieldValue<DateTimeOffset>(15),
        RecordedAt = row.GetFieldValue<DateTimeOffset>(16),
        CreditMonth = CreditMonth.FromNumber(row.GetInt32(17)),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
