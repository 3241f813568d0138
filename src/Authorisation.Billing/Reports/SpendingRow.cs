namespace Authorisation.Billing.Reports;

/// <summary>What a department, or one traveller of it, spent in a month.</summary>
internal sealed record SpendingRow
{
    public required Guid DepartmentId { get; init; }

    public required string Department { get; init; }

    /// <summary>The nil UUID where rows are of whole departments.</summary>
    public required Guid TravellerId { get; init; }

    public string? Traveller { get; init; }

    /// <summary>The amount on the month's invoices, in minor units; negative where refunds exceed purchases.</summary>
    public required long SpentMinor { get; init; }

    /// <summary>
    /// How much of it belongs to earlier months, and came when these were closed; negative for refunds.
    /// </summary>
    public required long LateMinor { get; init; }

    /// <summary>
    /// What open holds of the month keep now, in minor units; not part of what was spent.
    /// </summary>
    public required long HeldMinor { get; init; }

    /// <summary>The limits together, in minor units; 0 where there is none any more.</summary>
    public required long LimitMinor { get; init; }

    /// <summary>How many purchases are on the month's invoices, without those voided on the same invoice.</summary>
    public required long Purchases { get; init; }

    /// <summary>
    /// How much of the limits the month itself used, with what it holds and without what is late, with four decimals;
    /// null without a limit.
    /// </summary>
    public decimal? UsedShare =>
        LimitMinor > 0 ? Math.Round((decimal)(SpentMinor - LateMinor + HeldMinor) / LimitMinor, 4) : null;
}
