using Authorisation.Core;

namespace Authorisation.Administration.Operators;

/// <summary>An operator with all its terms, as the database has it and the audit trail shows it.</summary>
internal sealed record OperatorRow
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    public required string Currency { get; init; }

    public required string TimeZone { get; init; }

    public required string Country { get; init; }

    public required string Language { get; init; }

    public required ActivationLogin Login { get; init; }

    public required PurposeRule Purpose { get; init; }

    public required bool OffersCardCredit { get; init; }

    public required bool OffersAppCredit { get; init; }

    public long? CapMinor { get; init; }

    public required int VatBasisPoints { get; init; }

    public required int HoldSeconds { get; init; }

    public required string SmsSender { get; init; }

    /// <summary>With commas between them.</summary>
    public required string SmsCallingCodes { get; init; }

    public required int OrganisationSmsPerHour { get; init; }

    public required int OrganisationEmailsPerHour { get; init; }

    public required TripVisibility TripVisibility { get; init; }

    public required int RetentionMonths { get; init; }

    /// <summary>What opens the operator's app on a telephone.</summary>
    public string? AppLink { get; init; }
}
