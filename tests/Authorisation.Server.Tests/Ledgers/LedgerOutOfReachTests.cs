using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Dapper;
using Grpc.Core;
using Xunit;
using Xunit.Abstractions;
using ClientKind = Authorisation.Core.ClientKind;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Authorisation.Server.Tests.Ledgers;

/// <summary>One ledger of two out of reach, whose Postgres is this class's own, and operators that must not notice.</summary>
[Trait("Tier", "Slow")]
public sealed class LedgerOutOfReachTests(PostgresServer postgres, SharedLedger shared, SharedRedis redis, ITestOutputHelper output)
    : LoggedTest(output), IClassFixture<PostgresServer>, IClassFixture<SharedLedger>, IClassFixture<SharedRedis>
{
    private const int TakenEvent = 4640;
    private const int UnusableEvent = 4641;

    [Fact]
    public async Task While_one_Postgres_hangs_the_operators_of_the_other_are_served_and_afterwards_all_are()
    {
        await using var two = await StartAsync();
        var (south, north) = await two.AddOperatorsAsync();
        var (card, northCard) = (await south.AddCardAsync(), await north.AddCardAsync());
        var request = north.Buy(northCard);
        await north.BuyAsync(northCard, 1_000);

        postgres.Private.Pause();
        try
        {
            var waiting = north.Validator.AuthoriseWithoutDeadlineAsync(request);
            await Eventually.TrueAsync(() => two.ServedSecond.Trouble is not null, Eventually.ProcessBound, "it is seen to be out of reach");
            await south.BuyAsync(card, 1_000);
            await south.Validator.VoidAsync(await south.BuyAsync(card, 2_000));
            Assert.Equal(1_000, (await south.Validator.GetCreditAsync(card)).SpentMinor);
            var (_, token) = await two.First.Provisioner.AddClientAsync(south.Terms.Id, ClientKind.Validator, "A new one");
            await two.Server.Caller(token).AuthoriseAsync(south.Buy(card));

            await WireError.OfAsync(waiting, StatusCode.Unavailable, "LEDGER_UNREACHABLE");
            Assert.Equal(Status.Serving, await Readiness.OfAsync(two.Server.Channel));
            var scrape = await Scrape.OfAsync(two.Server.Metrics);
            Assert.Equal((1, 1, 0), (
                scrape.Value("authorisation_ready"),
                scrape.Value("authorisation_ledger_ready", "ledger", "default"),
                scrape.Value("authorisation_ledger_ready", "ledger", TwoLedgers.North)));
            Assert.StartsWith(
                $"ledger {TwoLedgers.North}: ", Log.Entries.First(entry => entry.EventId.Id == UnusableEvent).Message, StringComparison.Ordinal);
        }
        finally
        {
            postgres.Private.Resume();
        }

        await Eventually.TrueAsync(
            async () => (await north.Validator.AuthoriseAsync(request)).Decision == Decision.Approved, Eventually.ProcessBound, "it is decided");
        Assert.Equal(2, await north.RowsAsync());
    }

    [Fact]
    public async Task A_server_starts_without_one_of_its_ledgers_and_serves_that_ones_operators_when_it_is_there()
    {
        await using var first = await FirstAsync();
        await using var second = await SecondAsync();
        var (south, north) = (await TestOperator.CreateAsync(first), await TestOperator.CreateAsync(second));
        await postgres.Private.StopAsync();

        await using var two = await TwoLedgers.StartAsync(first, second, redis.ConnectionString, Log);
        await two.Server.BecomeReadyAsync();
        await WireError.OfAsync(
            two.Server.Caller(south.ValidatorToken).GetAuthorisationAsync(TestCaller.NewId()), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        await WireError.OfAsync(
            two.Server.Caller(north.ValidatorToken).GetAuthorisationAsync(TestCaller.NewId()), StatusCode.Unavailable, "STARTING");

        await postgres.Private.StartAsync();
        await two.Server.GetsToKnowAsync(north.ValidatorToken);
        Assert.Equal(Status.Serving, await Readiness.OfAsync(two.Server.Channel));
        await Eventually.TrueAsync(
            async () => (await WireError.OfAsync(two.Server.Caller(north.ValidatorToken).GetAuthorisationAsync(TestCaller.NewId()))).Code
                == StatusCode.NotFound,
            Eventually.Bound, "its operators are served");
    }

    [Fact]
    public async Task An_operator_with_another_ledgers_id_that_turns_up_late_is_not_served_and_the_other_is()
    {
        await using var first = await FirstAsync();
        await using var second = await SecondAsync();
        var (south, north) = (await TestOperator.CreateAsync(first), await TestOperator.CreateAsync(second));
        await second.ExecuteAsync("alter table operator alter column id set minvalue 1 restart with 1000");
        var twin = await TestOperator.CreateAsync(second);
        Assert.Equal(south.Terms.Id, twin.Terms.Id);
        await postgres.Private.StopAsync();

        Log.Expect(TakenEvent);
        await using var two = await TwoLedgers.StartAsync(first, second, redis.ConnectionString, Log);
        await two.Server.BecomeReadyAsync();
        await postgres.Private.StartAsync();
        await two.Server.GetsToKnowAsync(north.ValidatorToken);

        Assert.True(two.Server.Knows(south.ValidatorToken));
        await WireError.OfAsync(
            two.Server.Caller(twin.ValidatorToken).GetAuthorisationAsync(TestCaller.NewId()), StatusCode.Unauthenticated, "TOKEN_INVALID");
        var told = Assert.Single(Log.Entries, entry => entry.EventId.Id == TakenEvent);
        Assert.StartsWith($"ledger {TwoLedgers.North}: ", told.Message, StringComparison.Ordinal);
        Assert.Contains(twin.Terms.Code, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_any_of_its_ledgers_is_not_ready_and_says_why_of_each()
    {
        await using var second = await SecondAsync();
        await postgres.Private.StopAsync();
        await using var two = await TwoLedgers.StartAsync(second, second, redis.ConnectionString, Log);
        Assert.Equal(Status.NotServing, await Readiness.OfAsync(two.Server.Channel));
        Assert.All(
            ["default", TwoLedgers.North],
            name => Assert.Contains(Log.Entries, entry =>
                entry.EventId.Id == UnusableEvent && entry.Message.StartsWith($"ledger {name}: ", StringComparison.Ordinal)));
        await postgres.Private.StartAsync();
    }

    [Fact]
    public async Task One_ledger_of_another_schema_that_turns_up_late_ends_neither_the_server_nor_the_others()
    {
        await using var first = await FirstAsync();
        await using var second = await SecondAsync();
        var north = await TestOperator.CreateAsync(second);
        await second.ExecuteAsync("insert into schema_version (version, name) values (9999, 'to come')");
        await postgres.Private.StopAsync();
        await using var two = await TwoLedgers.StartAsync(first, second, redis.ConnectionString, Log);
        await two.Server.BecomeReadyAsync();
        var south = await WireOperator.CreateAsync(first, two.Server);

        await postgres.Private.StartAsync();
        await Eventually.TrueAsync(
            () => two.ServedSecond.Trouble?.Contains("9999", StringComparison.Ordinal) == true, Eventually.ProcessBound, "its schema is seen");
        await south.BuyAsync(await south.AddCardAsync(), 1_000);
        Assert.Equal(Status.Serving, await Readiness.OfAsync(two.Server.Channel));
        await WireError.OfAsync(
            two.Server.Caller(north.ValidatorToken).GetAuthorisationAsync(TestCaller.NewId()), StatusCode.Unavailable, "STARTING");

        await using var session = await second.OpenSessionAsync();
        await session.ExecuteAsync("delete from schema_version where version = 9999");
        await two.Server.GetsToKnowAsync(north.ValidatorToken);
        await Eventually.TrueAsync(() => two.ServedSecond.Trouble is null, Eventually.Bound, "it is served after all");
    }

    private async Task<TestLedger> FirstAsync()
    {
        var ledger = await shared.CreateOwnAsync();
        await TwoLedgers.GiveRangeAsync(ledger, 1_000);
        return ledger;
    }

    private async Task<TestLedger> SecondAsync()
    {
        var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await TwoLedgers.GiveRangeAsync(ledger, 2_000);
        return ledger;
    }

    private async Task<TwoLedgers> StartAsync()
    {
        var two = await TwoLedgers.StartAsync(
            await FirstAsync(), await SecondAsync(), redis.ConnectionString, Log, InProcessServer.WithMetrics);
        await two.Server.BecomeReadyAsync();
        return two;
    }
}
