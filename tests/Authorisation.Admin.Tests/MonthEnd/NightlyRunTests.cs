using System.Globalization;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>Which nights have work.</summary>
public sealed class NightlyRunTests
{
    [Theory]
    [InlineData("2027-01-01T00:00:00+01:00", "Europe/Stockholm", 202612, "2027-01-01 closes 2026-12")]
    [InlineData("2026-12-31T23:59:59.999+01:00", "Europe/Stockholm", 202612, "2026-12-31")]
    [InlineData("2027-01-01T00:00:00+01:00", "Europe/Stockholm", 202701, "")]
    [InlineData("2027-01-02T00:00:00+01:00", "Europe/Stockholm", 202701, "2027-01-02")]
    [InlineData("2027-01-05T12:00:00+01:00", "Europe/Stockholm", 202612, "2027-01-01 closes 2026-12, 2027-01-05")]
    [InlineData("2027-03-01T00:00:01+01:00", "Europe/Oslo", 202612,
        "2027-01-01 closes 2026-12")]
    [InlineData("2024-03-31T22:00:00Z", "Europe/Stockholm", 202403, "2024-04-01 closes 2024-03")]
    [InlineData("2024-03-31T21:59:59.999Z", "Europe/Oslo", 202403, "2024-03-31")]
    [InlineData("2027-10-31T23:00:00Z", "Europe/Oslo", 202710, "2027-11-01 closes 2027-10")]
    [InlineData("2027-10-31T22:59:59.999Z", "Europe/Stockholm", 202710, "2027-10-31")]
    [InlineData("2027-01-01T00:00:00+01:00", "Europe/Stockholm", 0, "2027-01-01")]
    [InlineData("2026-12-31T23:00:00+01:00", "Europe/Stockholm", 202701, "2026-12-31")]
    public void The_first_month_that_is_over_is_closed_and_the_last_night_has_its_work(
        string now, string zone, int firstOpen, string expected)
    {
        var nights = NightlyRun.Due(
            DateTimeOffset.Parse(now, CultureInfo.InvariantCulture),
            TimeZoneInfo.FindSystemTimeZoneById(zone),
            firstOpen == 0 ? null : CreditMonth.FromNumber(firstOpen));

        Assert.Equal(expected, string.Join(", ", nights.Select(night =>
            night.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + (night.Closes is { } month ? $" closes {month}" : ""))));
    }
}
