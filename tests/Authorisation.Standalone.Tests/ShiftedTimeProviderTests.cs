using Xunit;

namespace Authorisation.Standalone.Tests;

public sealed class ShiftedTimeProviderTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 12, 31, 23, 59, 30, TimeSpan.FromHours(1));

    [Fact]
    public void It_starts_at_the_given_moment_and_runs_on_with_the_clock_beneath()
    {
        var real = new SetClock { Now = NewYear.AddDays(-40) };
        var shifted = new ShiftedTimeProvider(NewYear, real);
        Assert.Equal(NewYear, shifted.GetUtcNow());
        Assert.Equal(TimeSpan.FromDays(40), shifted.Shift);

        real.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(NewYear.AddMinutes(1), shifted.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, shifted.GetUtcNow().Offset);
    }

    [Fact]
    public void Durations_are_those_of_the_clock_beneath()
    {
        var real = new SetClock { Now = NewYear, Timestamp = 17 };
        var shifted = new ShiftedTimeProvider(NewYear.AddYears(1), real);
        Assert.Equal(17, shifted.GetTimestamp());
        Assert.Equal(real.TimestampFrequency, shifted.TimestampFrequency);
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public long Timestamp { get; init; }

        public override DateTimeOffset GetUtcNow() => Now.ToUniversalTime();

        public override long GetTimestamp() => Timestamp;
    }
}
