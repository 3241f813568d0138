using Authorisation.Administration.Organisations;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>The seller or the buyer of an invoice.</summary>
internal sealed record Party
{
    /// <summary>The registered name.</summary>
    public required string Name { get; init; }

    public string? OrganisationNumber { get; init; }

    public string? VatNumber { get; init; }

    /// <summary><c>SE</c> or <c>NO</c>.</summary>
    public required string Country { get; init; }

    /// <summary>Where e-invoices go; null for where the organisation number says.</summary>
    public ElectronicAddress? ElectronicAddress { get; init; }

    public PostalAddress? PostalAddress { get; init; }

    public PartyContact? Contact { get; init; }

    /// <summary>A Swedish seller's: approved for F-tax, which its invoices must say.</summary>
    public bool IsApprovedForFTax { get; init; }

    /// <summary>A Norwegian seller's: in the register of business enterprises, which its invoices must say.</summary>
    public bool IsInForetaksregisteret { get; init; }

    /// <summary>Other words about the company that the law wants on invoices, such as its seat.</summary>
    public string? LegalForm { get; init; }

    /// <summary>
    /// The scheme of organisation numbers in the party's country, of ISO 6523; null where it is not known.
    /// </summary>
    public string? NumberScheme => Country switch
    {
        "SE" => ElectronicAddress.SwedishNumber,
        "NO" => ElectronicAddress.NorwegianNumber,
        _ => null,
    };

    /// <summary>The organisation number in digits; null when there is none, or it is wrong.</summary>
    public string? Number =>
        NumberScheme is not null && Core.OrganisationNumber.TryNormalise(OrganisationNumber, Country, out var number) ? number : null;

    /// <summary>Where e-invoices go: the address that was given, else the organisation number.</summary>
    public ElectronicAddress? Endpoint =>
        ElectronicAddress ?? (Number is { } number ? new ElectronicAddress(NumberScheme!, number) : null);
}

/// <summary>The contact person for an invoice.</summary>
internal sealed record PartyContact(string? Name, string? Phone, string? Email);
