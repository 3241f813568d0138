using Authorisation.LoadTests.Measure;
using Xunit;

namespace Authorisation.LoadTests.Tests;

public sealed class LatencyHistogramTests
{
    private const double RelativeErrorMax = 1.0 / LatencyHistogram.BucketsPerOctave;

    [Fact]
    public void A_value_is_told_too_large_by_at_most_one_part_in_the_buckets_of_an_octave_and_never_too_small()
    {
        for (var value = 1L; value < LatencyHistogram.ValueMax; value = (value * 17 / 16) + 1)
        {
            foreach (var near in new[] { value - 1, value, value + 1 })
            {
                var histogram = new LatencyHistogram();
                histogram.Record(near);
                // A longer one, so that the bucket's end is reported and not the longest.
                histogram.Record(LatencyHistogram.ValueMax);
                Assert.InRange(histogram.Percentile(50), near, near + (near * RelativeErrorMax));
            }
        }
    }

    [Theory]
    [InlineData(50)]
    [InlineData(90)]
    [InlineData(99)]
    [InlineData(99.9)]
    [InlineData(100)]
    public void Percentiles_are_those_of_the_sorted_values_within_the_bound(double percent)
    {
        var random = new Random(17);
        var histogram = new LatencyHistogram();
        var values = new long[20_000];
        for (var i = 0; i < values.Length; i++)
        {
            // From a microsecond to seconds, evenly over the orders of magnitude.
            values[i] = (long)Math.Pow(10, 3 + (6.5 * random.NextDouble()));
            histogram.Record(values[i]);
        }

        Array.Sort(values);
        var exact = values[(int)Math.Ceiling(percent / 100 * values.Length) - 1];
        Assert.InRange(histogram.Percentile(percent), exact, exact * (1 + RelativeErrorMax));
    }

    [Fact]
    public void The_longest_is_exact()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1_234_567_891);
        histogram.Record(5);
        Assert.Equal(1_234_567_891, histogram.Max);
        Assert.Equal(1_234_567_891, histogram.Percentile(100));
    }

    [Fact]
    public void Values_outside_of_the_range_count_as_its_ends()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-1);
        histogram.Record(long.MaxValue);
        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Percentile(50));
        Assert.Equal(LatencyHistogram.ValueMax, histogram.Percentile(100));
    }

    [Fact]
    public void Nothing_recorded_is_nothing_told()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0, histogram.Percentile(99));
        Assert.Equal(0, histogram.Count);
    }

    [Fact]
    public void Added_up_they_are_as_one()
    {
        var random = new Random(3);
        var (one, other, whole) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (var i = 0; i < 10_000; i++)
        {
            var value = random.NextInt64(1, 100_000_000);
            (i % 3 == 0 ? one : other).Record(value);
            whole.Record(value);
        }

        one.Add(other);
        Assert.Equal(whole.Count, one.Count);
        Assert.Equal(whole.Max, one.Max);
        Assert.Equal(whole.Percentile(99), one.Percentile(99));
    }

    [Fact]
    public void The_share_above_a_duration_leaves_out_what_took_as_long()
    {
        var histogram = new LatencyHistogram();
        foreach (var milliseconds in new[] { 1, 9, 10, 11, 20, 300, 4000, 50_000 })
        {
            histogram.Record(milliseconds * 1_000_000L);
        }

        Assert.Equal(5 / 8.0, histogram.ShareAbove(10_000_000));
        Assert.Equal(1, histogram.ShareAbove(0));
        Assert.Equal(0, histogram.ShareAbove(LatencyHistogram.ValueMax));
        Assert.Equal(0, new LatencyHistogram().ShareAbove(10_000_000));
    }
}
