namespace Authorisation.Billing.Payroll;

/// <summary>What is taken from a salary in the payroll of a month.</summary>
internal sealed record DeductionRow
{
    public required Guid Id { get; init; }

    /// <summary>The department that pays for what it is for.</summary>
    public required Guid DepartmentId { get; init; }

    public required string Department { get; init; }

    /// <summary>Whose salary.</summary>
    public required Guid TravellerId { get; init; }

    public required string Traveller { get; init; }

    /// <summary>The number that the employer knows the person by.</summary>
    public string? EmployeeNumber { get; init; }

    /// <summary>
    /// What it is for: <c>subscription_month</c> or <c>ticket</c>, each with <c>_reversal</c> for what is taken back, or
    /// <c>rest</c> for what is left of somebody who leaves.
    /// </summary>
    public required string SourceKind { get; init; }

    public string? Product { get; init; }

    /// <summary>What the invoice says of it, too.</summary>
    public required string Description { get; init; }

    /// <summary>What the employer is charged, VAT included.</summary>
    public required long PriceMinor { get; init; }

    /// <summary>What is taken from the salary; negative is returned to it.</summary>
    public required long DeductionMinor { get; init; }

    public required DateTime MadeAt { get; init; }
}
