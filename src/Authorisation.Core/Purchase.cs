namespace Authorisation.Core;

/// <summary>
/// A valid request to buy: every field is within its limit, spaces are gone from card numbers, and empty text is
/// absent. The fields and their limits are described in the contract.
/// </summary>
public sealed record Purchase : ICommand
{
    /// <summary>Made by the client before it sends; the authorisation's own id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The originator of the id.</summary>
    public required Originator Originator { get; init; }

    /// <summary>What is paid with.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>The price with VAT, in minor units of the operator's currency.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>Why the trip is made.</summary>
    public string? Purpose { get; init; }

    /// <summary>The operator's code of the ticket type.</summary>
    public string? Product { get; init; }

    /// <summary>Whether the amount is to be kept until it is captured, voided or lapses.</summary>
    public bool Hold { get; init; }

    /// <summary>VAT in hundredths of a percent; <see langword="null"/> for the operator's rate.</summary>
    public int? VatBasisPoints { get; init; }

    /// <summary>The VAT category.</summary>
    public VatCategory VatCategory { get; init; } = VatCategory.Standard;

    /// <summary>When it happened by the device's clock.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    Guid ICommand.AuthorisationId => Id;

    /// <summary>Where it happened.</summary>
    public Trip? Trip { get; init; }

    /// <summary>Which device, where one client speaks for many.</summary>
    public string? DeviceId { get; init; }

    /// <summary>
    /// The contract's names of the fields in which <paramref name="other"/> differs, among those that make a repeated
    /// id the same purchase. The device's clock, trip and name may differ: a retry can come from another device.
    /// </summary>
    public IReadOnlyList<string> DifferencesFrom(Purchase other)
    {
        List<string>? names = null;
        AddIf(Instrument != other.Instrument, Instrument.Kind == InstrumentKind.Card ? "card_number" : "app_account_id");
        AddIf(AmountMinor != other.AmountMinor, "amount_minor");
        AddIf(Purpose != other.Purpose, "purpose");
        AddIf(Product != other.Product, "product");
        AddIf(Hold != other.Hold, "hold");
        AddIf(VatBasisPoints != other.VatBasisPoints, "vat_basis_points");
        AddIf(VatCategory != other.VatCategory, "vat_category");
        return names ?? (IReadOnlyList<string>)[];

        void AddIf(bool differs, string name)
        {
            if (differs)
            {
                (names ??= []).Add(name);
            }
        }
    }
}
