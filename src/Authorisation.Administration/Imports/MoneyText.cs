using System.Globalization;

namespace Authorisation.Administration.Imports;

/// <summary>Amounts as people write them into spreadsheets: whole kronor, or with decimals.</summary>
internal static class MoneyText
{
    private const int MinorPerMajor = 100;
    private const int DigitsMax = 10;
    private const int DecimalsMax = 2;

    // The longer ones first.
    private static readonly string[] Units = ["kr.", "kr", "sek", "nok", ":-", ",-"];

    /// <summary>
    /// Reads <c>500</c>, <c>1 500</c>, <c>500,5</c>, <c>500,50</c>, <c>500.50 kr</c>, <c>500:-</c>; nothing with three
    /// decimals, which may as well be thousands.
    /// </summary>
    public static bool TryRead(string text, out long minor)
    {
        minor = 0;
        var compact = string.Concat(text.Where(static character => char.GetUnicodeCategory(character)
            is not (UnicodeCategory.SpaceSeparator or UnicodeCategory.Format)));
        if (Array.Find(Units, unit => compact.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) is { } written)
        {
            compact = compact[..^written.Length];
        }

        var parts = compact.Split('.', ',');
        if (parts.Length > 2 || parts[0].Length is 0 or > DigitsMax || !parts[0].All(char.IsAsciiDigit)
            || (parts.Length == 2 && (parts[1].Length is 0 or > DecimalsMax || !parts[1].All(char.IsAsciiDigit))))
        {
            return false;
        }

        // A spreadsheet writes 500,50 as 500,5.
        minor = (long.Parse(parts[0], CultureInfo.InvariantCulture) * MinorPerMajor)
            + (parts.Length == 2 ? long.Parse(parts[1].PadRight(DecimalsMax, '0'), CultureInfo.InvariantCulture) : 0);
        return true;
    }
}
