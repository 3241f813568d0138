namespace Authorisation.Core.Tests;

public class WeekTimesTests
{
    [Fact]
    public void Spans_in_any_order_that_touch_or_overlap_are_one() => Assert.Equal(
        [0, 30, 60, 120], WeekTimes.Of([(90, 120), (15, 30), (0, 15), (60, 100)]).Bounds);

    [Fact]
    public void Both_have_what_each_has_by_the_minute()
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var (one, other) = (Random(), Random());
            var both = one.And(other);
            for (var minute = 0; minute < WeekTimes.WeekMinutes; minute += 15)
            {
                var local = new DateTime(2026, 11, 16, 0, 0, 0, DateTimeKind.Unspecified).AddMinutes(minute);
                Assert.Equal(one.Contains(local) && other.Contains(local), both.Contains(local));
                Assert.Equal(
                    both.Contains(local),
                    both.Days().Any(day => day.Day == (minute / 1440) + 1 && minute % 1440 >= day.From && minute % 1440 < day.Until));
            }
        }

        WeekTimes Random() => WeekTimes.Of(Enumerable.Range(0, random.Next(0, 6)).Select(_ =>
        {
            var from = random.Next(0, WeekTimes.WeekMinutes / 15) * 15;
            return (from, Math.Min(WeekTimes.WeekMinutes, from + (15 * random.Next(1, 200))));
        }));
    }

    [Theory]
    [InlineData(0, "00:00")]
    [InlineData(395, "06:35")]
    [InlineData(1440, "24:00")]
    public void A_minute_is_written_as_clocks_show_it(int minute, string text) => Assert.Equal(text, WeekTimes.Text(minute));
}
