using System.Globalization;

namespace Authorisation.Admin.Imports;

/// <summary>Amounts as people write them into spreadsheets: whole kronor, or with two decimals.</summary>
internal static class MoneyText
{
    private const int MinorPerMajor = 100;
    private const int DigitsMax = 10;

    /// <summary>Reads <c>500</c>, <c>1 500</c>, <c>500,50</c>, <c>500.50 kr</c>; nothing with another number of decimals.</summary>
    public static bool TryRead(string text, out long minor)
    {
        minor = 0;
        var compact = text.Trim();
        if (compact.EndsWith("kr", StringComparison.OrdinalIgnoreCase))
        {
            compact = compact[..^2];
        }

        compact = compact.Replace(" ", "", StringComparison.Ordinal).Replace("\u00a0", "", StringComparison.Ordinal)
            .Replace("\u202f", "", StringComparison.Ordinal).Replace(',', '.');
        var parts = compact.Split('.');
        if (parts.Length > 2 || parts[0].Length is 0 or > DigitsMax || !parts[0].All(char.IsAsciiDigit)
            || (parts.Length == 2 && (parts[1].Length != 2 || !parts[1].All(char.IsAsciiDigit))))
        {
            return false;
        }

        minor = (long.Parse(parts[0], CultureInfo.InvariantCulture) * MinorPerMajor)
            + (parts.Length == 2 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        return true;
    }
}
