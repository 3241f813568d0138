namespace Authorisation.Core;

/// <summary>Numbers of Swedish and Norwegian organisations, with their check digits.</summary>
public static class OrganisationNumber
{
    /// <summary>Brings a number to its digits and checks them.</summary>
    /// <param name="text">With or without spaces and a hyphen; a Swedish one also with the century 16 in front.</param>
    /// <param name="country"><c>SE</c> or <c>NO</c>.</param>
    /// <param name="number">Ten digits in Sweden, nine in Norway.</param>
    /// <returns>
    /// <see langword="false"/> when it is no such number; also for the personal identity numbers of Swedish sole
    /// traders, which are not kept.
    /// </returns>
    public static bool TryNormalise(string? text, string country, out string number)
    {
        number = "";
        var digits = (text ?? "").Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit))
        {
            return false;
        }

        if (country != "NO" && digits.Length == 12 && digits.StartsWith("16", StringComparison.Ordinal))
        {
            digits = digits[2..];
        }

        var isRight = country == "NO" ? IsNorwegian(digits) : IsSwedish(digits);
        number = isRight ? digits : "";
        return isRight;
    }

    /// <summary>Checks a VAT number against the organisation's number.</summary>
    /// <param name="text">For example <c>SE556677889901</c> or <c>NO974761076MVA</c>.</param>
    /// <param name="country"><c>SE</c> or <c>NO</c>.</param>
    /// <param name="organisationNumber">What <see cref="TryNormalise"/> gave.</param>
    /// <param name="vatNumber">Upper case, without spaces.</param>
    public static bool TryNormaliseVat(string? text, string country, string organisationNumber, out string vatNumber)
    {
        vatNumber = (text ?? "").Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (country == "NO")
        {
            return vatNumber == $"NO{organisationNumber}MVA" || vatNumber == $"{organisationNumber}MVA";
        }

        // A group's members share the number of another organisation, so only the form is checked.
        return vatNumber is ['S', 'E', .. { Length: 12 } digits] && digits.All(char.IsAsciiDigit)
            && digits.EndsWith("01", StringComparison.Ordinal) && CheckDigit.IsLuhn(digits.AsSpan(0, 10));
    }

    // The third digit distinguishes an organisation from a person: a month is at most 12.
    private static bool IsSwedish(string digits) => digits.Length == 10 && digits[2] >= '2' && CheckDigit.IsLuhn(digits);

    private static bool IsNorwegian(string digits)
    {
        if (digits.Length != 9)
        {
            return false;
        }

        ReadOnlySpan<int> weights = [3, 2, 7, 6, 5, 4, 3, 2];
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += (digits[i] - '0') * weights[i];
        }

        var check = (11 - (sum % 11)) % 11;
        return check != 10 && check == digits[8] - '0';
    }
}
