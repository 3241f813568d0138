using System.Globalization;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>The days that invoices are published on. The table was worked out by another algorithm than the code's.</summary>
public sealed class BusinessDayTests
{
    [Theory]
    [InlineData("SE", 2024, "2 1 1 2 2 3 1 1 2 1 1 2")]
    [InlineData("SE", 2025, "2 3 3 1 2 2 1 1 1 1 3 1")]
    [InlineData("SE", 2026, "2 2 2 1 4 1 1 3 1 1 2 1")]
    [InlineData("SE", 2027, "4 1 1 1 3 1 1 2 1 1 1 1")]
    [InlineData("SE", 2028, "3 1 1 3 2 1 3 1 1 2 1 1")]
    [InlineData("SE", 2029, "2 1 1 3 2 1 2 1 3 1 1 3")]
    [InlineData("SE", 2030, "2 1 1 1 2 3 1 1 2 1 1 2")]
    [InlineData("SE", 2031, "2 3 3 1 2 2 1 1 1 1 3 1")]
    [InlineData("SE", 2032, "2 2 1 1 3 1 1 2 1 1 1 1")]
    [InlineData("SE", 2033, "3 1 1 1 2 1 1 1 1 3 1 1")]
    [InlineData("SE", 2034, "2 1 1 3 2 1 3 1 1 2 1 1")]
    [InlineData("SE", 2035, "2 1 1 2 2 1 2 1 3 1 1 3")]
    [InlineData("NO", 2024, "2 1 1 2 2 3 1 1 2 1 1 2")]
    [InlineData("NO", 2025, "2 3 3 1 2 2 1 1 1 1 3 1")]
    [InlineData("NO", 2026, "2 2 2 1 4 1 1 3 1 1 2 1")]
    [InlineData("NO", 2027, "4 1 1 1 3 1 1 2 1 1 1 1")]
    [InlineData("NO", 2028, "3 1 1 3 2 1 3 1 1 2 1 1")]
    [InlineData("NO", 2029, "2 1 1 3 2 1 2 1 3 1 1 3")]
    [InlineData("NO", 2030, "2 1 1 1 2 3 1 1 2 1 1 2")]
    [InlineData("NO", 2031, "2 3 3 1 2 3 1 1 1 1 3 1")]
    [InlineData("NO", 2032, "2 2 1 1 3 1 1 2 1 1 1 1")]
    [InlineData("NO", 2033, "3 1 1 1 2 1 1 1 1 3 1 1")]
    [InlineData("NO", 2034, "2 1 1 3 2 1 3 1 1 2 1 1")]
    [InlineData("NO", 2035, "2 1 1 2 2 1 2 1 3 1 1 3")]
    public void The_first_business_day_of_each_month_is_as_in_the_calendar(string country, int year, string days)
    {
        var first = Enumerable.Range(1, 12)
            .Select(month => BusinessDays.FirstOf(CreditMonth.FromNumber((year * 100) + month), country))
            .ToList();

        Assert.Equal(days, string.Join(' ', first.Select(day => day.Day)));
        Assert.All(first.Select((day, i) => (day, Month: i + 1)), one => Assert.Equal((year, one.Month), (one.day.Year, one.day.Month)));
    }

    [Fact]
    public void New_years_day_2027_is_a_Friday_so_January_begins_on_Monday_the_4th() =>
        Assert.Equal(new DateOnly(2027, 1, 4), BusinessDays.FirstOf(CreditMonth.FromNumber(202701), "SE"));

    [Fact]
    public void Whit_Monday_2031_keeps_Norwegian_offices_closed_and_Swedish_ones_open()
    {
        Assert.Equal(new DateOnly(2031, 6, 2), BusinessDays.FirstOf(CreditMonth.FromNumber(203106), "SE"));
        Assert.Equal(new DateOnly(2031, 6, 3), BusinessDays.FirstOf(CreditMonth.FromNumber(203106), "NO"));
    }

    [Theory]
    [InlineData("1818-03-22")] // the earliest there is
    [InlineData("1943-04-25")] // the latest
    [InlineData("1954-04-18")] // the tables' first exception
    [InlineData("1981-04-19")] // the tables' second
    [InlineData("2000-04-23")]
    [InlineData("2024-03-31")]
    [InlineData("2026-04-05")]
    [InlineData("2038-04-25")]
    [InlineData("2076-04-19")]
    public void Easter_is_as_in_the_tables(string day) =>
        Assert.Equal(DateOnly.Parse(day, CultureInfo.InvariantCulture), BusinessDays.EasterSunday(int.Parse(day[..4], CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("SE", "2026-01-01 2026-01-06 2026-04-03 2026-04-05 2026-04-06 2026-05-01 2026-05-14 2026-05-24 2026-06-06 2026-06-20 2026-10-31 2026-12-25 2026-12-26")]
    [InlineData("NO", "2026-01-01 2026-04-02 2026-04-03 2026-04-05 2026-04-06 2026-05-01 2026-05-14 2026-05-17 2026-05-24 2026-05-25 2026-12-25 2026-12-26")]
    public void The_public_holidays_of_2026_are_those_of_the_law(string country, string days)
    {
        var holidays = Enumerable.Range(0, 365)
            .Select(new DateOnly(2026, 1, 1).AddDays)
            .Where(day => BusinessDays.IsPublicHoliday(day, country));

        Assert.Equal(days, string.Join(' ', holidays.Select(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
    }
}
