namespace Authorisation.Core.Tests;

public class CreditMonthTests
{
    public static TheoryData<string> Zones => ["Europe/Stockholm", "Europe/Oslo"];

    [Theory]
    [InlineData("2026-11-30T22:59:59.999Z", 2026_11)] // winter: 23:59:59.999, UTC+1
    [InlineData("2026-11-30T23:00:00.000Z", 2026_12)]
    [InlineData("2026-06-30T21:59:59.999Z", 2026_06)] // summer: 23:59:59.999, UTC+2
    [InlineData("2026-06-30T22:00:00.000Z", 2026_07)]
    [InlineData("2026-12-31T22:59:59.999Z", 2026_12)] // year end
    [InlineData("2026-12-31T23:00:00.000Z", 2027_01)]
    [InlineData("2028-02-29T22:59:59.999Z", 2028_02)] // leap day
    [InlineData("2028-02-29T23:00:00.000Z", 2028_03)]
    [InlineData("2026-02-28T23:00:00.000Z", 2026_03)]
    [InlineData("2026-03-31T21:59:59.999Z", 2026_03)] // the first month edge by summer clocks
    [InlineData("2026-03-31T22:00:00.000Z", 2026_04)]
    [InlineData("2026-10-31T22:59:59.999Z", 2026_10)] // the first month edge by winter clocks again
    [InlineData("2026-10-31T23:00:00.000Z", 2026_11)]
    [InlineData("2026-03-29T00:59:59.999Z", 2026_03)] // clocks go forward
    [InlineData("2026-03-29T01:00:00.000Z", 2026_03)]
    [InlineData("2026-10-25T00:59:59.999Z", 2026_10)] // clocks go back
    [InlineData("2026-10-25T01:00:00.000Z", 2026_10)]
    [InlineData("2024-03-31T21:59:59.999Z", 2024_03)] // clocks went forward on the last day of the month itself
    [InlineData("2024-03-31T22:00:00.000Z", 2024_04)]
    [InlineData("2024-02-29T22:59:59.999Z", 2024_02)] // leap day of the year of that Easter
    [InlineData("2024-02-29T23:00:00.000Z", 2024_03)]
    [InlineData("2027-10-31T00:59:59.999Z", 2027_10)] // 02:59:59.999 by summer clocks, the last before they go back
    [InlineData("2027-10-31T01:00:00.000Z", 2027_10)]
    [InlineData("2027-10-31T21:59:59.999Z", 2027_10)] // would be the edge if clocks had not gone back that morning
    [InlineData("2027-10-31T22:59:59.999Z", 2027_10)]
    [InlineData("2027-10-31T23:00:00.000Z", 2027_11)]
    [InlineData("2024-03-31T22:59:59.999Z", 2024_04)] // would be the edge if clocks had not gone forward
    [InlineData("2021-10-31T22:59:59.999Z", 2021_10)] // clocks went back on the last day of the month itself
    [InlineData("2021-10-31T23:00:00.000Z", 2021_11)]
    [InlineData("2026-12-31T23:59:59.999+01:00", 2026_12)] // the same instants, told by other clocks
    [InlineData("2027-01-01T00:00:00.000+01:00", 2027_01)]
    [InlineData("2026-12-31T18:00:00.000-05:00", 2027_01)]
    public void An_instant_falls_in_the_month_that_local_clocks_show(string instant, int expected)
    {
        Assert.Equal(expected, CreditMonth.Of(Some.At(instant), Some.Stockholm).Number);
        Assert.Equal(expected, CreditMonth.Of(Some.At(instant), Some.Oslo).Number);
    }

    [Theory]
    [InlineData(2026_11, "2026-10-31T23:00:00Z")]
    [InlineData(2026_07, "2026-06-30T22:00:00Z")]
    [InlineData(2027_01, "2026-12-31T23:00:00Z")]
    [InlineData(2026_04, "2026-03-31T22:00:00Z")]
    [InlineData(2024_04, "2024-03-31T22:00:00Z")]
    [InlineData(2021_11, "2021-10-31T23:00:00Z")]
    [InlineData(2027_11, "2027-10-31T23:00:00Z")]
    [InlineData(2027_10, "2027-09-30T22:00:00Z")]
    [InlineData(2024_03, "2024-02-29T23:00:00Z")]
    [InlineData(2028_03, "2028-02-29T23:00:00Z")]
    [InlineData(2026_03, "2026-02-28T23:00:00Z")]
    public void A_month_starts_at_local_midnight(int number, string expected)
    {
        Assert.Equal(Some.At(expected), CreditMonth.FromNumber(number).StartsAt(Some.Stockholm));
        Assert.Equal(Some.At(expected), CreditMonth.FromNumber(number).StartsAt(Some.Oslo));
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void Months_follow_each_other_without_a_gap_for_a_century(string zoneId)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        for (var month = CreditMonth.FromNumber(2000_01); month.Number < 2100_01; month = month.Next)
        {
            Assert.Equal(month, CreditMonth.Of(month.StartsAt(zone), zone));
            Assert.Equal(month, CreditMonth.Of(month.Next.StartsAt(zone) - TimeSpan.FromMilliseconds(1), zone));
            Assert.Equal(TimeSpan.Zero, month.StartsAt(zone).Offset);
        }
    }

    [Theory]
    [InlineData(2026_01, 2026_02)]
    [InlineData(2026_11, 2026_12)]
    [InlineData(2026_12, 2027_01)]
    [InlineData(1999_12, 2000_01)]
    public void After_December_comes_January(int number, int next) =>
        Assert.Equal(next, CreditMonth.FromNumber(number).Next.Number);

    [Theory]
    [InlineData(0)]
    [InlineData(1_01)]
    [InlineData(2026_11)]
    [InlineData(9999_12)]
    public void A_stored_number_is_read_back(int number) =>
        Assert.Equal(number, CreditMonth.FromNumber(number).Number);

    [Theory]
    [InlineData(-1)]
    [InlineData(-2026_11)]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(100)]
    [InlineData(2026_00)]
    [InlineData(2026_13)]
    [InlineData(2026_99)]
    [InlineData(10000_01)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_number_that_is_no_month_is_refused(int number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CreditMonth.FromNumber(number));

    [Theory]
    [InlineData("2026-11", 2026_11)]
    [InlineData("2027-01", 2027_01)]
    [InlineData("0001-01", 1_01)]
    [InlineData("9998-12", 9998_12)]
    public void Text_is_read_and_written_back(string text, int number)
    {
        Assert.True(CreditMonth.TryParse(text, out var month));
        Assert.Equal(number, month.Number);
        Assert.Equal(text, month.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" 2026-11")]
    [InlineData("2026-11 ")]
    [InlineData("2026-11\n")]
    [InlineData("2026-1")]
    [InlineData("26-11")]
    [InlineData("2026-00")]
    [InlineData("2026-13")]
    [InlineData("0000-01")]
    [InlineData("9999-01")]
    [InlineData("9999-12")]
    [InlineData("2026-11-01")]
    [InlineData("202611")]
    [InlineData("2026/11")]
    [InlineData("-2026-11")]
    [InlineData("2026–11")]
    [InlineData("٢٠٢٦-١١")]
    public void Text_that_is_no_month_is_not_read(string? text)
    {
        Assert.False(CreditMonth.TryParse(text, out var month));
        Assert.Equal(default, month);
    }

    [Fact]
    public void Months_are_ordered_across_the_year_end()
    {
        var (december, january) = (CreditMonth.FromNumber(2026_12), CreditMonth.FromNumber(2027_01));

        Assert.True(december < january && december <= january && !(december > january) && !(december >= january));
        Assert.True(january > december && january >= december && !(january < december) && !(january <= december));
        Assert.True(january.CompareTo(december) > 0 && january.CompareTo(january) == 0);
        Assert.True(default(CreditMonth) < CreditMonth.FromNumber(1_01));
    }
}
