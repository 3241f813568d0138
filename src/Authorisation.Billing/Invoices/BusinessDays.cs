using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>The days on which offices are open in Sweden and Norway, by calculation.</summary>
internal static class BusinessDays
{
    /// <summary>The first day of a month that is a Monday to Friday and no public holiday.</summary>
    /// <param name="month">From the year 1 on.</param>
    /// <param name="country"><c>NO</c> for Norway; anything else is Sweden.</param>
    public static DateOnly FirstOf(CreditMonth month, string country)
    {
        var day = new DateOnly(month.Number / 100, month.Number % 100, 1);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || IsPublicHoliday(day, country))
        {
            day = day.AddDays(1);
        }

        return day;
    }

    /// <summary>
    /// Whether a day is a public holiday by law. Julafton, nyårsafton and midsommarafton are none, though most offices
    /// are closed: the Swedish law on public holidays (1989:253) does not have them, nor the Norwegian one.
    /// </summary>
    public static bool IsPublicHoliday(DateOnly day, string country)
    {
        var fromEaster = day.DayNumber - EasterSunday(day.Year).DayNumber;
        return country == "NO" ? IsNorwegian(day, fromEaster) : IsSwedish(day, fromEaster);
    }

    /// <summary>Easter Sunday by the Gregorian computus, as Meeus, Jones and Butcher wrote it down.</summary>
    public static DateOnly EasterSunday(int year)
    {
        var golden = year % 19;
        var (century, ofCentury) = (year / 100, year % 100);
        var epact = ((19 * golden) + century - (century / 4) - (((8 * century) + 13) / 25) + 15) % 30;
        var weekday = (32 + (2 * (century % 4)) + (2 * (ofCentury / 4)) - epact - (ofCentury % 4)) % 7;
        var correction = (golden + (11 * epact) + (22 * weekday)) / 451;
        var days = epact + weekday - (7 * correction) + 114;
        return new DateOnly(year, days / 31, (days % 31) + 1);
    }

    private static bool IsSwedish(DateOnly day, int fromEaster) => fromEaster is
            -2 // långfredagen
            or 0 // påskdagen
            or 1 // annandag påsk
            or 39 // Kristi himmelsfärds dag
            or 49 // pingstdagen
        || (day.Month, day.Day) is
            (1, 1) // nyårsdagen
            or (1, 6) // trettondedag jul
            or (5, 1) // första maj
            or (6, 6) // nationaldagen
            or (12, 25) or (12, 26) // juldagen, annandag jul
        || (day.DayOfWeek == DayOfWeek.Saturday && (day.Month, day.Day) is
            (6, >= 20 and <= 26) // midsommardagen
            or (10, 31) or (11, <= 6)); // alla helgons dag

    private static bool IsNorwegian(DateOnly day, int fromEaster) => fromEaster is
            -3 // skjærtorsdag
            or -2 // langfredag
            or 0 or 1 // første og andre påskedag
            or 39 // Kristi himmelfartsdag
            or 49 or 50 // første og andre pinsedag
        || (day.Month, day.Day) is
            (1, 1) // første nyttårsdag
            or (5, 1) // første mai
            or (5, 17) // grunnlovsdagen
            or (12, 25) or (12, 26); // første og andre juledag
}
