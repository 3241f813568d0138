using Authorisation.Testing;
using Microsoft.Extensions.Logging;
using Xunit;
using Xunit.Sdk;

namespace Authorisation.Standalone.Tests;

/// <summary>The helpers that other tests rely on.</summary>
public sealed class TestingTests(SharedPostgres postgres, SharedRedis redis) : IClassFixture<SharedPostgres>, IClassFixture<SharedRedis>
{
    [Fact]
    public async Task Each_database_has_a_name_of_its_own()
    {
        var first = await postgres.Postgres.CreateDatabaseAsync("test");
        Assert.NotEqual(first, await postgres.Postgres.CreateDatabaseAsync("test"), StringComparer.Ordinal);
        Assert.NotEmpty(redis.ConnectionString);
    }

    [Fact]
    public async Task Eventually_waits_for_the_condition_and_passes_over_exceptions()
    {
        var calls = 0;
        await Eventually.TrueAsync(
            () => ++calls switch { 1 => throw new InvalidOperationException(), 2 => false, _ => true }, Eventually.Bound, "three calls");
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Eventually_says_what_it_waited_for_and_what_was_wrong_last()
    {
        var failure = await Assert.ThrowsAsync<XunitException>(() => Eventually.TrueAsync(
            Task<bool> () => throw new InvalidOperationException("closed"), TimeSpan.FromMilliseconds(30), "the shop opens"));
        Assert.Contains("the shop opens (last: closed)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_the_log_fails_unless_it_was_expected()
    {
        using var log = new TestLog();
        var logger = log.CreateLogger("category");
#pragma warning disable CA1848, CA2254 // A test of the log, not of logging.
        logger.LogWarning(new EventId(1), "a warning");
        log.AssertNoUnexpectedErrors();

        logger.LogError(new EventId(2), "an error");
#pragma warning restore CA1848, CA2254
        Assert.Contains("an error", Assert.Throws<XunitException>(log.AssertNoUnexpectedErrors).Message, StringComparison.Ordinal);

        log.Expect(2);
        log.AssertNoUnexpectedErrors();
        Assert.Equal(2, log.Entries.Count);
    }

    [Fact]
    public void Ports_differ_and_lie_below_those_of_outgoing_connections()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => FreePort.Next()).ToList();
        Assert.Equal(50, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 1024, 32_767));
    }
}
