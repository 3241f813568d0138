using Authorisation.Server.Following;
using Xunit;

namespace Authorisation.Server.Tests.Following;

/// <summary>What a server believes of the database's clock, of which it learns through answers that take their time.</summary>
public class LedgerClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    public void A_slow_answer_is_no_clock_that_is_off(int readAfterSeconds)
    {
        var clock = new LedgerClock(TimeProvider.System);

        clock.Observe(Start, Start.AddSeconds(readAfterSeconds), Start.AddSeconds(10));

        Assert.Equal(TimeSpan.Zero, clock.Offset);
    }

    [Theory]
    [InlineData(-3_600)]
    [InlineData(-2)]
    [InlineData(2)]
    [InlineData(3_600)]
    public void A_clock_that_is_off_is_found_by_one_look_to_within_the_time_that_the_answer_took(int aheadSeconds)
    {
        var clock = new LedgerClock(TimeProvider.System);

        clock.Observe(Start, Start.AddSeconds(aheadSeconds), Start.AddMilliseconds(1));

        Assert.InRange(clock.Offset - TimeSpan.FromSeconds(aheadSeconds), TimeSpan.FromMilliseconds(-1), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void What_quick_answers_told_stays_through_slow_ones_and_goes_with_a_clock_that_is_set()
    {
        var clock = new LedgerClock(TimeProvider.System);
        clock.Observe(Start, Start.AddMilliseconds(700), Start.AddMilliseconds(1));
        var known = clock.Offset;

        clock.Observe(Start, Start.AddSeconds(1), Start.AddSeconds(5));
        Assert.Equal(known, clock.Offset);

        clock.Observe(Start, Start.AddMilliseconds(1), Start.AddMilliseconds(1));
        Assert.Equal(TimeSpan.FromMilliseconds(1), clock.Offset);
    }
}
