using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Npgsql;
using Xunit;

namespace Authorisation.Server.Tests.Operations;

/// <summary>A server that is kept from expiring lapsed holds, in a database of the test's own.</summary>
[Trait("Tier", "Slow")]
public sealed class HoldSweepTests(SharedWire wire) : WireTest(wire)
{
    private const int WaitsEvent = 4503;
    private const int DoubtedEvent = 4620;

    [Fact]
    public async Task A_server_that_another_session_keeps_from_it_for_a_minute_tells_so_once()
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await using var other = await LockAsync(ledger);
        var (log, time) = (new TestLog(), new JumpingTime());
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, Wire.Redis, log, time);
        await server.BecomeReadyAsync();
        await HoldAsync(ledger, server);

        await TriesAgainAsync(other);
        await TriesAgainAsync(other);
        Assert.False(IsTold());
        time.Jump(Limits.HoldSweepWaitTold);
        await Eventually.TrueAsync(IsTold, Eventually.Bound, "it is told");
        await TriesAgainAsync(other);
        await TriesAgainAsync(other);

        Assert.Single(log.Entries, entry => entry.EventId.Id == WaitsEvent);

        bool IsTold() => log.Entries.Any(entry => entry.EventId.Id == WaitsEvent);
    }

    [Fact]
    public async Task What_a_lapsed_hold_kept_is_free_for_a_caller_though_no_server_records_it()
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await using var other = await LockAsync(ledger);
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        await server.BecomeReadyAsync();
        var (on, card, expiresAt) = await HoldAsync(ledger, server);
        await Eventually.TrueAsync(() => DateTime.UtcNow > expiresAt, Eventually.Bound, "the hold lapses");

        // Sooner than the copy that the purchase left in Redis is too old.
        await Eventually.TrueAsync(
            async () => (await on.Validator.GetCreditAsync(card)).RemainingMinor == 50_000, TimeSpan.FromSeconds(3), "its credit is free");
        Assert.Equal(50_000, await on.SpentAsync(card));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hold_is_not_expired_on_the_word_of_a_clock_that_jumped(bool isServersClockWithIt)
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        var log = new TestLog();
        log.Expect(DoubtedEvent);
        await using var server = await InProcessServer.StartAsync(
            ledger.ServiceConnectionString, Wire.Redis, log, isServersClockWithIt ? ledger.HostTime : null);
        await server.BecomeReadyAsync();
        var on = await WireOperator.CreateAsync(ledger, server, add => add with { HoldTime = TimeSpan.FromHours(1) });
        var request = on.Buy(await on.AddCardAsync(50_000), 9_000);
        request.Hold = true;
        Assert.NotNull((await on.Validator.AuthoriseAsync(request)).ExpiresAt);

        await ledger.SetClockAsync(DateTimeOffset.UtcNow.AddYears(1));
        await Eventually.TrueAsync(
            () => log.Entries.Any(entry => entry.EventId.Id == DoubtedEvent), Eventually.Bound, "the clock is doubted");
        await ledger.SetClockAsync(DateTimeOffset.UtcNow);
        await server.BecomeReadyAsync();

        Assert.Equal(1, await ledger.AskAsync<long>("select count(*) from open_hold"));
        Assert.Equal(0, await ledger.AskAsync<long>("select count(*) from operation"));
    }

    /// <summary>Holds all the credit of a card for a second.</summary>
    private static async Task<(WireOperator On, Core.Instrument Card, DateTime ExpiresAt)> HoldAsync(TestLedger ledger, InProcessServer server)
    {
        var on = await WireOperator.CreateAsync(ledger, server, add => add with { HoldTime = TimeSpan.FromSeconds(1) });
        var card = await on.AddCardAsync(50_000);
        var request = on.Buy(card, 50_000);
        request.Hold = true;
        return (on, card, (await on.Validator.AuthoriseAsync(request)).ExpiresAt.ToDateTime());
    }

    /// <summary>Keeps servers from expiring lapsed holds until the session ends.</summary>
    private static async Task<NpgsqlConnection> LockAsync(TestLedger ledger)
    {
        var session = await ledger.OpenSessionAsync(ledger.SuperuserConnectionString);
        await session.ExecuteAsync("select pg_advisory_lock(x'686f6c64'::bigint)");
        return session;
    }

    /// <summary>Waits until the server has tried once more to be the one who sweeps.</summary>
    private static async Task TriesAgainAsync(NpgsqlConnection superuser)
    {
        var before = await LastTryAsync();
        await Eventually.TrueAsync(async () => await LastTryAsync() > before, Eventually.Bound, "the server tries again");

        Task<DateTime> LastTryAsync() => superuser.ExecuteScalarAsync<DateTime>(
            """
            select coalesce(max(query_start), '2000-01-01') from pg_stat_activity
            where datname = current_database() and query like 'select pg_try_advisory_lock%' and application_name = 'authorisation holds'
            """);
    }
}
