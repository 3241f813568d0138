namespace Authorisation.Admin.Reports;

/// <summary>What a department, or one traveller of it, used of a month.</summary>
internal sealed record SpendingRow
{
    public required Guid DepartmentId { get; init; }

    public required string Department { get; init; }

    /// <summary>The nil UUID where rows are of whole departments.</summary>
    public required Guid TravellerId { get; init; }

    public string? Traveller { get; init; }

    /// <summary>What was spent, in minor units; held included while the month is open.</summary>
    public required long SpentMinor { get; init; }

    /// <summary>The limits together, in minor units; 0 where there is none any more.</summary>
    public required long LimitMinor { get; init; }

    /// <summary>How many purchases took place.</summary>
    public required long Purchases { get; init; }

    /// <summary>How much of the limits was used, with four decimals; null without a limit.</summary>
    public decimal? UsedShare => LimitMinor > 0 ? Math.Round((decimal)SpentMinor / LimitMinor, 4) : null;
}
