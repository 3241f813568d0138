namespace Authorisation.Core;

/// <summary>A public transport authority and the terms on which it gives credit.</summary>
public sealed record Operator
{
    /// <summary>Names the operator in the ledger.</summary>
    public required int Id { get; init; }

    /// <summary>Names the operator to people, for example <c>jonkoping</c>.</summary>
    public required string Code { get; init; }

    /// <summary>
    /// ISO 4217 code of the one currency it sells in. It never changes: every stored amount is in it.
    /// </summary>
    public required string Currency { get; init; }

    /// <summary>The zone whose calendar months are credit months.</summary>
    public required TimeZoneInfo TimeZone { get; init; }

    /// <summary>Whether travellers may have credit on cards.</summary>
    public required bool OffersCardCredit { get; init; }

    /// <summary>What it wants to know of why a trip is made.</summary>
    public required PurposeRule Purpose { get; init; }

    /// <summary>The VAT rate of a purchase that names none, in hundredths of a percent.</summary>
    public required int VatBasisPoints { get; init; }

    /// <summary>The rates that its purchases may have.</summary>
    public VatRates VatRates { get; init; } = VatRates.OfCountry("SE");

    /// <summary>How long a hold keeps its amount before it lapses.</summary>
    public required TimeSpan HoldTime { get; init; }

    /// <summary>
    /// How long after a decision its originator may finish what it began, whatever day it has become: as long as a hold
    /// lasts, and at least <see cref="Limits.OriginatorTimeMin"/>.
    /// </summary>
    public TimeSpan OriginatorTime => HoldTime > Limits.OriginatorTimeMin ? HoldTime : Limits.OriginatorTimeMin;

    /// <summary>What a traveller types beside the code to connect an app.</summary>
    public ActivationLogin ActivationLogin { get; init; } = ActivationLogin.UserName;

    /// <summary>The country of mobile numbers without a country code: <c>SE</c> or <c>NO</c>.</summary>
    public string Country { get; init; } = "SE";
}
