namespace Authorisation.Core;

/// <summary>The check digit that numbers in Sweden end with.</summary>
internal static class CheckDigit
{
    /// <summary>Whether digits have a sum by Luhn that ends with 0.</summary>
    /// <param name="digits">Digits only.</param>
    /// <param name="firstIsDoubled">Whether the first digit is one of those that count twice.</param>
    public static bool IsLuhn(ReadOnlySpan<char> digits, bool firstIsDoubled = true)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var value = (digits[i] - '0') * ((i % 2 == 0) == firstIsDoubled ? 2 : 1);
            sum += value > 9 ? value - 9 : value;
        }

        return sum % 10 == 0;
    }
}
