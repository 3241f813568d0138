using Xunit;

namespace Authorisation.Standalone.Tests;

[Trait("Tier", "Slow")]
public sealed class StandaloneOptionsTests : DirectoryTest
{
    [Fact]
    public void All_options_are_read()
    {
        var options = StandaloneOptions.Parse(
            ["--directory", "/somewhere", "--fresh", "--once", "--now", "2026-12-31T23:59:30+01:00", "--port", "6000"]);

        Assert.Equal(
            new StandaloneOptions
            {
                Directory = "/somewhere",
                Fresh = true,
                Once = true,
                Now = new DateTimeOffset(2026, 12, 31, 23, 59, 30, TimeSpan.FromHours(1)),
                Port = 6000,
            },
            options);
    }

    [Theory]
    [InlineData("2026-12-31T23:59:30+01:00", "2026-12-31T22:59:30Z")]
    [InlineData("2026-12-31T23:59+01:00", "2026-12-31T22:59:00Z")]
    [InlineData("2026-12-31T23:59:30.5Z", "2026-12-31T23:59:30.5Z")]
    [InlineData("2026-06-01T00:00:00-03:30", "2026-06-01T03:30:00Z")]
    public void Now_is_a_moment(string text, string utc)
    {
        var now = StandaloneOptions.Parse(["--directory", "/d", "--now", text]).Now;
        Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), now);
    }

    [Theory]
    [InlineData("--now 2026-12-31T23:59:30")]
    [InlineData("--now 2026-12-31")]
    [InlineData("--now 2026-13-01T00:00:00Z")]
    [InlineData("--now 1999-12-31T00:00:00Z")]
    [InlineData("--now tomorrow")]
    [InlineData("--now")]
    [InlineData("--port 0")]
    [InlineData("--port 65536")]
    [InlineData("--port -1")]
    [InlineData("--port x")]
    [InlineData("--port")]
    [InlineData("--forever")]
    [InlineData("fresh")]
    public void What_is_not_understood_is_told_in_one_line(string arguments)
    {
        var failure = Assert.Throws<FormatException>(
            () => StandaloneOptions.Parse(["--directory", "/d", .. arguments.Split(' ')]));
        Assert.Contains(arguments.Split(' ')[0], failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task A_wrong_option_ends_with_code_2_before_anything_is_made()
    {
        var directory = NewPath("misused");
        await using var run = await StandaloneRun.RunAsync(directory, "--now", "tomorrow");
        await run.AssertFailedAsync(2, "--now tomorrow");
        Assert.False(Path.Exists(directory));
    }
}
