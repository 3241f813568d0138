using System.Globalization;

namespace Authorisation.Core;

/// <summary>Mobile numbers in E.164, from the ways in which people write them.</summary>
public static class MobileNumber
{
    private const int DigitsMin = 8;
    private const int DigitsMax = 15;

    /// <summary>Brings a number to E.164.</summary>
    /// <param name="text">
    /// With or without country code; spaces, hyphens, dots, slashes, brackets and invisible marks are taken out. What a
    /// spreadsheet does to numbers is undone: a plus sign or a leading zero that it took away.
    /// </param>
    /// <param name="country">The country of numbers without a code: <c>SE</c> or <c>NO</c>.</param>
    /// <param name="e164">The number, for example <c>+46701234567</c>.</param>
    /// <returns><see langword="false"/> when it is no number, or in that country no mobile number.</returns>
    public static bool TryNormalise(string? text, string country, out string e164)
    {
        e164 = "";
        if (text is null || Digits(text) is not { } digits)
        {
            return false;
        }

        var international = digits switch
        {
            ['+', .. var rest] => rest,
            ['0', '0', .. var rest] => rest,
            // Norwegian numbers have no trunk prefix, Swedish ones begin with it.
            ['0', .. var rest] when country != "NO" => "46" + rest,
            // The plus sign is missing. No number of either country is as long without its code.
            ['4', '6', '7', _, _, _, _, _, _, _, _] or ['4', '7', '4' or '9', _, _, _, _, _, _, _] => digits,
            _ when country == "NO" => "47" + digits,
            // The zero in front is missing.
            ['7', _, _, _, _, _, _, _, _] => "46" + digits,
            _ => "",
        };

        // "+46 (0)70 …" is a common way to write both at once.
        if (international.StartsWith("460", StringComparison.Ordinal))
        {
            international = "46" + international[3..];
        }

        if (!IsPlausible(international))
        {
            return false;
        }

        e164 = "+" + international;
        return true;
    }

    private static bool IsPlausible(string number) =>
        number.Length is >= DigitsMin and <= DigitsMax
        && number[0] != '0'
        // Those of mobiles, as far as a number tells: others are of landlines, or cost whoever sends to them.
        && (!number.StartsWith("46", StringComparison.Ordinal)
            || number is ['4', '6', '7', '0' or '2' or '3' or '6' or '9', _, _, _, _, _, _, _])
        && (!number.StartsWith("47", StringComparison.Ordinal)
            || number is ['4', '7', '4' or '9', _, _, _, _, _, _, _])
        && (!number.StartsWith("45", StringComparison.Ordinal)
            || number is ['4', '5', >= '2' and <= '6', _, _, _, _, _, _, _] or ['4', '5', >= '7', not '0', _, _, _, _, _, _])
        && (!number.StartsWith("358", StringComparison.Ordinal)
            || number is ['3', '5', '8', '4', _, _, _, _, ..] or ['3', '5', '8', '5', '0', _, _, _, ..])
        && (!number.StartsWith("354", StringComparison.Ordinal)
            || number is ['3', '5', '4', '6' or '7' or '8', _, _, _, _, _, _]);

    // A plus in front and digits; what people put between digits is left out.
    private static string? Digits(string text)
    {
        Span<char> kept = stackalloc char[32];
        var length = 0;
        foreach (var character in text.AsSpan().Trim())
        {
            if (character is '.' or '/' or '(' or ')' || IsGap(character))
            {
                continue;
            }

            if (length == kept.Length || !(char.IsAsciiDigit(character) || (character == '+' && length == 0)))
            {
                return null;
            }

            kept[length++] = character;
        }

        return length == 0 ? null : new string(kept[..length]);
    }

    // Spaces and hyphens of every width, and marks that nobody sees, such as U+202A around a number copied from a contact.
    private static bool IsGap(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.SpaceSeparator or UnicodeCategory.DashPunctuation or UnicodeCategory.Format;
}
