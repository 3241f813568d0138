namespace Authorisation.Billing.Reports;

/// <summary>Of which month and what part of an organisation spending is reported, and from where on.</summary>
internal sealed record SpendingQuery
{
    public required int OperatorId { get; init; }

    public required Guid OrganisationId { get; init; }

    /// <summary>The month as <c>yyyymm</c>.</summary>
    public required int Month { get; init; }

    /// <summary>A row for each traveller of a department, or one for each department.</summary>
    public required bool IsByTraveller { get; init; }

    /// <summary>The departments that are reported; null for all.</summary>
    public Guid[]? Departments { get; init; }

    /// <summary>The department of the last row that was reported; the nil UUID at the beginning.</summary>
    public Guid AfterDepartment { get; init; }

    /// <summary>The traveller of that row.</summary>
    public Guid AfterTraveller { get; init; }

    /// <summary>How many rows at most.</summary>
    public int Count { get; init; } = int.MaxValue;
}
