namespace Authorisation.Tidy.Tests;

/// <summary>How many files a newcomer reads to follow a purchase or a change: the lists in docs/develop/architecture.md.</summary>
public class WayTests
{
    [Theory]
    [InlineData("## The way of a purchase", 22)]
    [InlineData("## The way of an administrator's change", 12)]
    public void A_way_is_short_enough_to_be_followed(string heading, int filesMax)
    {
        var files = Repository.Lines("docs/develop/architecture.md")
            .SkipWhile(line => line != heading)
            .SkipWhile(line => !line.StartsWith("1. [", StringComparison.Ordinal))
            .TakeWhile(line => line.Length > 0)
            .ToList();

        Assert.InRange(files.Count, filesMax / 2, filesMax);
        Assert.All(files, line => Assert.Matches(@"^[0-9]+\. \[[\w.]+\]\(\.\./\.\./[\w./]+\): \w", line));
    }
}
