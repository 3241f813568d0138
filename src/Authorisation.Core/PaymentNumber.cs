namespace Authorisation.Core;

/// <summary>Numbers that are paid to, Swedish, Norwegian and international, with their check digits.</summary>
public static class PaymentNumber
{
    private const int NorwegianAccountDigits = 11;
    private const int BicCharacters = 8;
    private const int BicWithBranchCharacters = 11;
    private const int IbanCharactersMin = 15;
    private const int IbanCharactersMax = 34;

    /// <summary>Brings a bankgiro number to its 7 or 8 digits and checks them.</summary>
    /// <param name="text">With or without the hyphen and spaces, such as <c>5050-1055</c>.</param>
    /// <param name="number">The digits; empty when it is none.</param>
    public static bool TryNormaliseBankgiro(string? text, out string number) => TryNormaliseGiro(text, 7, out number);

    /// <summary>Brings a plusgiro number to its 2 to 8 digits and checks them.</summary>
    /// <param name="text">With or without the hyphen and spaces, such as <c>28 65 43-4</c>.</param>
    /// <param name="number">The digits; empty when it is none.</param>
    public static bool TryNormalisePlusgiro(string? text, out string number) => TryNormaliseGiro(text, 2, out number);

    /// <summary>Brings a Norwegian account number to its eleven digits and checks them.</summary>
    /// <param name="text">With or without dots and spaces, such as <c>8601.11.17947</c>.</param>
    /// <param name="number">The digits; empty when it is none.</param>
    public static bool TryNormaliseNorwegianAccount(string? text, out string number)
    {
        number = Without(text, " .");
        ReadOnlySpan<int> weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
        var sum = 0;
        var isRight = number.Length == NorwegianAccountDigits && number.All(char.IsAsciiDigit);
        for (var i = 0; isRight && i < weights.Length; i++)
        {
            sum += (number[i] - '0') * weights[i];
        }

        return Answer(isRight && sum % 11 == 0, ref number);
    }

    /// <summary>Brings an IBAN to upper case without spaces and checks it by ISO 13616.</summary>
    /// <param name="text">Such as <c>SE45 5000 0000 0583 9825 7466</c>.</param>
    /// <param name="iban">Without spaces; empty when it is none.</param>
    public static bool TryNormaliseIban(string? text, out string iban)
    {
        iban = Without(text, " ").ToUpperInvariant();
        var isRight = iban.Length is >= IbanCharactersMin and <= IbanCharactersMax
            && iban.All(char.IsAsciiLetterOrDigit) && char.IsAsciiLetter(iban[0]) && char.IsAsciiLetter(iban[1])
            && Remainder97(iban[4..] + iban[..4]) == 1;
        // Of the two countries that operators are in the length is known, too.
        return Answer(isRight && iban.Length == (iban[..2] switch { "SE" => 24, "NO" => 15, _ => iban.Length }), ref iban);
    }

    /// <summary>
    /// Brings a BIC to upper case without spaces; it has no check digit, so only the form is checked.
    /// </summary>
    /// <param name="text">Such as <c>ESSESESS</c>.</param>
    /// <param name="bic">8 or 11 characters; empty when it is none.</param>
    public static bool TryNormaliseBic(string? text, out string bic)
    {
        bic = Without(text, " ").ToUpperInvariant();
        return Answer(
            bic.Length is BicCharacters or BicWithBranchCharacters && bic.All(char.IsAsciiLetterOrDigit)
            && bic.AsSpan(4, 2).IndexOfAnyExceptInRange('A', 'Z') < 0,
            ref bic);
    }

    private static bool TryNormaliseGiro(string? text, int digitsMin, out string number)
    {
        number = Without(text, " -");
        return Answer(
            number.Length >= digitsMin && number.Length <= 8 && number.All(char.IsAsciiDigit)
            && CheckDigit.IsLuhn(number, firstIsDoubled: number.Length % 2 == 0),
            ref number);
    }

    private static int Remainder97(string text)
    {
        var remainder = 0;
        foreach (var character in text)
        {
            var value = char.IsAsciiDigit(character) ? character - '0' : character - 'A' + 10;
            remainder = ((remainder * (value > 9 ? 100 : 10)) + value) % 97;
        }

        return remainder;
    }

    private static string Without(string? text, string characters) =>
        string.Concat((text ?? "").Where(character => !characters.Contains(character, StringComparison.Ordinal)));

    private static bool Answer(bool isRight, ref string number)
    {
        number = isRight ? number : "";
        return isRight;
    }
}
