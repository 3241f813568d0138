namespace Authorisation.Billing.Reports;

/// <summary>How often a department travelled in a month with one product.</summary>
internal sealed record TravelRow
{
    public required Guid DepartmentId { get; init; }

    public required string Department { get; init; }

    /// <summary>The product's code; empty for purchases that named none.</summary>
    public required string Product { get; init; }

    /// <summary>Its name in the operator's language; null where the catalogue has none.</summary>
    public string? Name { get; init; }

    /// <summary>Purchases on credit, without those voided on the same invoice.</summary>
    public required long Purchases { get; init; }

    /// <summary>Tickets that were sent, without those taken back on the same invoice.</summary>
    public required long Tickets { get; init; }

    /// <summary>Months of subscriptions that began, likewise.</summary>
    public required long SubscriptionMonths { get; init; }

    /// <summary>The amount on the month's invoices, in minor units.</summary>
    public required long AmountMinor { get; init; }
}
