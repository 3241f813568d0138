using Authorisation.LoadTests.Results;
using Xunit;

namespace Authorisation.LoadTests.Tests;

public sealed class SpreadTests
{
    [Fact]
    public void The_median_of_an_odd_number_is_the_middle_one() =>
        Assert.Equal(new Spread(2, 1, 9), Spread.Of([9, 1, 2]));

    [Fact]
    public void The_median_of_an_even_number_lies_between_the_middle_two() =>
        Assert.Equal(new Spread(2.5, 1, 9), Spread.Of([9, 3, 2, 1]));

    [Fact]
    public void Of_nothing_there_is_none() => Assert.Null(Spread.Of([]));
}
