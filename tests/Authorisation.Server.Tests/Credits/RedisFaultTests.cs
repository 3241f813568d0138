using System.Diagnostics;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Server.Tests.Credits;

/// <summary>Redis of this class's own, stopped, paused, emptied and started again under purchases: nothing is decided otherwise.</summary>
[Trait("Tier", "Slow")]
public sealed class RedisFaultTests(SharedWire wire, RedisServer redis, ITestOutputHelper output)
    : LoggedTest(output), IClassFixture<SharedWire>, IClassFixture<RedisServer>
{
    private const int Purchases = 40;
    private const long LimitMinor = 30_000;

    // Without a bound of its own each command would wait for a second or more; with it a few wait 20 ms, the rest not at all.
    private static readonly TimeSpan PurchasesBound = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("killed")]
    [InlineData("paused")]
    [InlineData("emptied")]
    [InlineData("restarted")]
    public async Task A_Redis_in_trouble_changes_no_decision_and_delays_none(string trouble)
    {
        await using var server = await StartAsync();
        var on = await WireOperator.CreateAsync(wire.Ledger, server);
        var card = await on.AddCardAsync(LimitMinor);
        await BuyAsync(on, card, from: 0, to: 10);

        await MakeAsync(trouble);
        try
        {
            var clock = Stopwatch.StartNew();
            await BuyAsync(on, card, from: 10, to: Purchases);
            Assert.True(clock.Elapsed < PurchasesBound, $"{Purchases - 10} purchases took {clock.ElapsedMilliseconds} ms.");
        }
        finally
        {
            await MendAsync(trouble);
        }

        await SeesPurchasesAsync(on, card);
    }

    [Fact]
    public async Task A_server_starts_and_works_without_Redis_and_finds_it_when_it_comes()
    {
        await redis.Private.KillAsync();
        await using var server = await StartAsync();
        var on = await WireOperator.CreateAsync(wire.Ledger, server);
        var card = await on.AddCardAsync(LimitMinor);
        await BuyAsync(on, card, from: 0, to: Purchases);

        await redis.Private.StartAsync();
        await using var hands = await TestRedis.ConnectAsync(redis.ConnectionString);
        await hands.KeyOfAsync(card.CardNumber!, () => on.Validator.GetCreditAsync(card));
    }

    [Fact]
    public async Task A_Redis_that_fell_back_to_an_old_copy_is_believed_for_seconds_only_and_by_no_decision()
    {
        await using var server = await StartAsync();
        var on = await WireOperator.CreateAsync(wire.Ledger, server);
        var card = await on.AddCardAsync(LimitMinor);
        await using var hands = await TestRedis.ConnectAsync(redis.ConnectionString);
        await on.Validator.AuthoriseAsync(on.Buy(card, 1_000));
        var key = await hands.KeyOfAsync(card.CardNumber!, () => on.Validator.GetCreditAsync(card));
        var old = await hands.Database.StringGetAsync(key);
        var age = Stopwatch.StartNew();

        await on.Validator.AuthoriseAsync(on.Buy(card, 20_000));
        await hands.Database.StringSetAsync(key, old);
        var declined = await on.Validator.AuthoriseAsync(on.Buy(card, 9_001));
        Assert.Equal(DeclineReason.InsufficientCredit, declined.DeclineReason);

        // Whatever is read meanwhile, the truth must come when the copy is too old, and stay.
        await Eventually.TrueAsync(
            () => age.Elapsed > Core.Limits.CreditReadAgeMax + TimeSpan.FromSeconds(1), Eventually.Bound, "the old copy is too old");
        await hands.Database.StringSetAsync(key, old);
        Assert.Equal(21_000, (await on.Validator.GetCreditAsync(card)).SpentMinor);
        Assert.Equal(21_000, (await on.Validator.GetCreditAsync(card)).SpentMinor);
    }

    private Task<InProcessServer> StartAsync() =>
        InProcessServer.StartAsync(wire.Ledger.ServiceConnectionString, redis.ConnectionString, Log);

    /// <summary>Buys for 1,000 each and checks each decision by counting.</summary>
    private async Task BuyAsync(WireOperator on, Core.Instrument card, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var answer = await on.Validator.AuthoriseAsync(on.Buy(card, 1_000));
            var spent = Math.Min(LimitMinor, (i + 1) * 1_000);
            Assert.Equal(
                ((i + 1) * 1_000 <= LimitMinor ? Decision.Approved : Decision.Declined, spent),
                (answer.Decision, answer.Credit.SpentMinor));
            await on.Validator.ReadsWhatItWroteAsync(card, spent, Log);
        }
    }

    private static async Task SeesPurchasesAsync(WireOperator on, Core.Instrument card)
    {
        // What was written before the trouble may be believed until it is too old.
        await Eventually.TrueAsync(
            async () => (await on.Validator.GetCreditAsync(card)).RemainingMinor == 0,
            Eventually.Bound,
            "the credit is read as it is");
        Assert.Equal((Purchases, LimitMinor), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    private async Task MakeAsync(string trouble)
    {
        switch (trouble)
        {
            case "paused":
                redis.Private.Pause();
                break;
            case "emptied":
                await using (var hands = await TestRedis.ConnectAsync(redis.ConnectionString))
                {
                    await hands.FlushAsync();
                }

                break;
            case "restarted":
                await redis.Private.KillAsync();
                await redis.Private.StartAsync();
                break;
            default:
                await redis.Private.KillAsync();
                break;
        }
    }

    private async Task MendAsync(string trouble)
    {
        redis.Private.Resume();
        if (trouble == "killed")
        {
            await redis.Private.StartAsync();
        }
    }
}
