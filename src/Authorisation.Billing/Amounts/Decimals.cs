using System.Globalization;

namespace Authorisation.Billing.Amounts;

/// <summary>Amounts and rates as decimal numbers with a point.</summary>
internal static class Decimals
{
    private const int MinorPerMajor = 100;

    /// <summary>Minor units as an amount with two decimals, such as <c>-124.02</c>.</summary>
    public static string Amount(long minor) => ((decimal)minor / MinorPerMajor).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Hundredths of a percent as a percentage, such as <c>6</c> or <c>12.5</c>.</summary>
    public static string Percent(int basisPoints) => ((decimal)basisPoints / 100).ToString("0.##", CultureInfo.InvariantCulture);

    public static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
