using System.Globalization;
using PhoneNumbers;

namespace Authorisation.Ledger.Activation;

/// <summary>
/// Mobile numbers in E.164, from the ways in which people and spreadsheets write them. Codes go to them by SMS, so a
/// number is one only if it is valid by its country's numbering plan and of a kind that may be a mobile's there.
/// </summary>
public static class MobileNumber
{
    // One for all threads, as its documentation says.
    private static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    /// <summary>Brings a number to E.164.</summary>
    /// <param name="text">
    /// With or without country code; spaces, hyphens, dots, slashes, brackets and invisible marks are taken out. What a
    /// spreadsheet does to numbers is undone: a plus sign or a leading zero that it took away.
    /// </param>
    /// <param name="country">The country of numbers without a code: <c>SE</c> or <c>NO</c>.</param>
    /// <param name="e164">The number, for example <c>+46701740605</c>.</param>
    /// <returns><see langword="false"/> when it is no number, or in its country no mobile number.</returns>
    public static bool TryNormalise(string? text, string country, out string e164)
    {
        e164 = Read(text, country) is { } number && OtherKindOf(number) is null ? Plans.Format(number, PhoneNumberFormat.E164) : "";
        return e164.Length > 0;
    }

    /// <summary>
    /// What a valid number is that is no mobile's, such as <c>a landline</c>; null when it is a mobile's, or no number
    /// at all.
    /// </summary>
    public static string? OtherKind(string? text, string country) =>
        Read(text, country) is { } number ? OtherKindOf(number) : null;

    // Null when no numbering plan has such a number.
    private static PhoneNumber? Read(string? text, string country)
    {
        if (text is null || Digits(text) is not { } digits)
        {
            return null;
        }

        // The plus sign is missing. No number of either country is as long without its code.
        return Valid(digits, country)
            ?? (digits is ['4', '6', '7', ..] or ['4', '7', '4' or '9', ..] ? Valid("+" + digits, country) : null);
    }

    private static PhoneNumber? Valid(string digits, string country)
    {
        try
        {
            var number = Plans.Parse(digits, country);
            return Plans.IsValidNumber(number) ? number : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    private static string? OtherKindOf(PhoneNumber number) => Plans.GetNumberType(number) switch
    {
        // Of no country: satellites and networks of ships and aeroplanes, which have special prices.
        _ when Plans.GetRegionCodeForCountryCode(number.CountryCode) == PhoneNumberUtil.REGION_CODE_FOR_NON_GEO_ENTITY =>
            "a satellite or other number of no country",
        // Some countries' numbering plans do not distinguish them from landlines.
        PhoneNumberType.MOBILE or PhoneNumberType.FIXED_LINE_OR_MOBILE => null,
        PhoneNumberType.FIXED_LINE => "a landline",
        PhoneNumberType.TOLL_FREE => "a freephone number",
        PhoneNumberType.PREMIUM_RATE => "a premium-rate number",
        PhoneNumberType.SHARED_COST => "a shared-cost number",
        PhoneNumberType.UAN => "a company number",
        PhoneNumberType.PAGER => "a pager or a machine",
        _ => "a special number",
    };

    // A plus in front and digits; separators between digits are dropped.
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

    // Spaces and hyphens of every width, and invisible characters, such as U+202A around a number copied from a
    // contact.
    private static bool IsGap(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.SpaceSeparator or UnicodeCategory.DashPunctuation or UnicodeCategory.Format;
}
