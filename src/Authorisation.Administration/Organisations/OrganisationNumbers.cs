using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Organisations;

/// <summary>Checks the numbers that a country's registers know an organisation by.</summary>
internal static class OrganisationNumbers
{
    /// <summary>An organisation number that must be there.</summary>
    public static string Number(Fields fields, string? text, string country)
    {
        if (!OrganisationNumber.TryNormalise(text, country, out var number))
        {
            fields.Add("organisation_number", FieldCode.Malformed, country == "NO"
                ? "must be nine digits, with the right check digit"
                : "must be ten digits, with the right check digit; a personal identity number cannot be used");
        }

        return number;
    }

    /// <summary>A VAT number that may be missing.</summary>
    public static string? VatNumber(
        Fields fields, string? text, string country, string organisationNumber, string field = "vat_number")
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (!OrganisationNumber.TryNormaliseVat(text, country, organisationNumber, out var vatNumber))
        {
            fields.Add(field, FieldCode.Malformed, country == "NO"
                ? "must be the organisation number with MVA behind it"
                : "must be such as SE556677889901, with the right check digit");
        }

        return vatNumber;
    }
}
