using System.Globalization;

namespace Authorisation.Core;

/// <summary>
/// A calendar month in an operator's time zone, the period that a limit is for. Ordered; stored as the number
/// <c>yyyymm</c>, written as <c>yyyy-MM</c>.
/// </summary>
public readonly record struct CreditMonth : IComparable<CreditMonth>
{
    private const int MonthsPerYear = 12;

    private CreditMonth(int number) => Number = number;

    /// <summary>The month as <c>yyyymm</c>, for example 202611; 0 is before every month.</summary>
    public int Number { get; }

    /// <summary>The month that follows.</summary>
    public CreditMonth Next => Number % 100 == MonthsPerYear ? new(Number + 100 - (MonthsPerYear - 1)) : new(Number + 1);

    /// <summary>The month that an instant falls in by the clocks of <paramref name="zone"/>.</summary>
    public static CreditMonth Of(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return new((local.Year * 100) + local.Month);
    }

    /// <summary>The month with this <see cref="Number"/>, as stored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is neither 0 nor a month as <c>yyyymm</c>.</exception>
    public static CreditMonth FromNumber(int number)
    {
        if (number != 0 && (number is < 1_01 or > 9999_12 || number % 100 is < 1 or > MonthsPerYear))
        {
            throw new ArgumentOutOfRangeException(nameof(number), number, "A month is stored as yyyymm.");
        }

        return new(number);
    }

    /// <summary>
    /// Reads <c>yyyy-MM</c>; anything else is <see langword="false"/>, and so is the year 9999, whose end a clock
    /// cannot represent.
    /// </summary>
    public static bool TryParse(string? text, out CreditMonth month)
    {
        month = default;
        if (!DateTime.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
            || first.Year == DateTime.MaxValue.Year)
        {
            return false;
        }

        month = new((first.Year * 100) + first.Month);
        return true;
    }

    /// <summary>
    /// 00:00 on the 1st by the clocks of <paramref name="zone"/>. Where clocks skip midnight, the moment they skip it.
    /// </summary>
    public DateTimeOffset StartsAt(TimeZoneInfo zone)
    {
        var local = new DateTime(Number / 100, Number % 100, 1, 0, 0, 0, DateTimeKind.Unspecified);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>The later of two months.</summary>
    public static CreditMonth Later(CreditMonth one, CreditMonth other) => one > other ? one : other;

    /// <inheritdoc />
    public int CompareTo(CreditMonth other) => Number.CompareTo(other.Number);

    /// <summary>Whether <paramref name="left"/> is the earlier month.</summary>
    public static bool operator <(CreditMonth left, CreditMonth right) => left.Number < right.Number;

    /// <summary>Whether <paramref name="left"/> is the later month.</summary>
    public static bool operator >(CreditMonth left, CreditMonth right) => left.Number > right.Number;

    /// <summary>Whether <paramref name="left"/> is not the later month.</summary>
    public static bool operator <=(CreditMonth left, CreditMonth right) => left.Number <= right.Number;

    /// <summary>Whether <paramref name="left"/> is not the earlier month.</summary>
    public static bool operator >=(CreditMonth left, CreditMonth right) => left.Number >= right.Number;

    /// <summary>The month as <c>yyyy-MM</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Number / 100:0000}-{Number % 100:00}");
}
