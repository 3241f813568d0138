using Authorisation.Cache;
using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Authorisation.Server.Tests.Credits;

/// <summary>Where an answer about credit comes from, and that no decision comes from there.</summary>
public sealed class CacheTests(SharedWire wire) : WireTest(wire)
{
    private static readonly TimeSpan AlmostTooOld = Limits.CreditReadAgeMax - TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TooOld = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_credit_is_read_after_the_purchase_that_changed_it()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(1_000_000);
        var logged = Server.Log.Entries.Count;
        for (var i = 1; i <= 50; i++)
        {
            await on.Validator.AuthoriseAsync(on.Buy(card, 100));
            await on.Validator.ReadsWhatItWroteAsync(card, i * 100, Server.Log, logged);
        }
    }

    [Fact]
    public async Task A_young_copy_answers_and_an_old_one_does_not()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await on.Validator.AuthoriseAsync(on.Buy(card, 1_000));

        await PlantAsync(on, card, spentMinor: 7_777, age: AlmostTooOld, isAnswer: credit => credit.SpentMinor == 7_777);
        await PlantAsync(on, card, spentMinor: 8_888, age: TooOld);
        Assert.Equal(1_000, (await on.Validator.GetCreditAsync(card)).SpentMinor);
        await PlantAsync(on, card, spentMinor: 9_999, age: -TooOld);
        Assert.Equal(1_000, (await on.Validator.GetCreditAsync(card)).SpentMinor);
    }

    [Fact]
    public async Task A_copy_of_last_month_answers_with_nothing_spent_and_one_of_next_month_not_at_all()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await on.Validator.AuthoriseAsync(on.Buy(card, 1_000));
        var month = CreditMonth.Of(DateTimeOffset.UtcNow, on.Terms.TimeZone);

        await PlantAsync(
            on, card, spentMinor: 7_777, age: default, month: CreditMonth.FromNumber(202001),
            isAnswer: credit => (credit.Month, credit.SpentMinor) == (month.ToString(), 0));

        await PlantAsync(on, card, spentMinor: 8_888, age: default, month: month.Next);
        var credit = await on.Validator.GetCreditAsync(card);
        Assert.Equal((month.ToString(), 1_000), (credit.Month, credit.SpentMinor));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50_000)]
    public async Task No_decision_comes_from_the_cache(long pretendedMinor)
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(50_000);
        await on.Validator.AuthoriseAsync(on.Buy(card, 30_000));

        await PlantAsync(on, card, pretendedMinor, age: default);
        var declined = await on.Validator.AuthoriseAsync(on.Buy(card, 20_001));
        await PlantAsync(on, card, pretendedMinor, age: default);
        var approved = await on.Validator.AuthoriseAsync(on.Buy(card, 20_000));

        Assert.Equal(V1.DeclineReason.InsufficientCredit, declined.DeclineReason);
        Assert.Equal((V1.Decision.Approved, 50_000), (approved.Decision, approved.Credit.SpentMinor));
    }

    [Fact]
    public async Task Garbage_in_Redis_is_passed_over()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await on.Validator.AuthoriseAsync(on.Buy(card, 1_000));
        await using var redis = await TestRedis.ConnectAsync(Wire.Redis);
        var key = await redis.KeyOfAsync(card.CardNumber!, () => on.Validator.GetCreditAsync(card));

        byte[][] values = [[], [1], [1, 2, 3, 4, 5, 6, 7, 8, 9], "nonsense"u8.ToArray(), new byte[100_000]];
        foreach (var value in values)
        {
            await redis.Database.StringSetAsync(key, value);
            Assert.Equal(1_000, (await on.Validator.GetCreditAsync(card)).SpentMinor);
        }

        // In one step: the server may be writing its own copy back from the read before.
        var planting = redis.Database.CreateTransaction();
        _ = planting.KeyDeleteAsync(key);
        _ = planting.ListLeftPushAsync(key, "not even text");
        Assert.True(await planting.ExecuteAsync());
        Assert.Equal(1_000, (await on.Validator.GetCreditAsync(card)).SpentMinor);
        Assert.Equal(2_000, (await on.Validator.AuthoriseAsync(on.Buy(card, 1_000))).Credit.SpentMinor);
    }

    /// <summary>
    /// Puts a copy into Redis that nobody can take for an older one, and waits until it is there; with
    /// <paramref name="isAnswer"/> until it answers, too, put there anew for each look, since the server asks the ledger
    /// when Redis takes long on a busy machine.
    /// </summary>
    private async Task PlantAsync(
        WireOperator on, Instrument card, long spentMinor, TimeSpan age, CreditMonth? month = null, Func<V1.Credit, bool>? isAnswer = null)
    {
        await using var cache = new CreditSnapshotCache(
            new CacheOptions { ConnectionString = Wire.Redis },
            Server.Services.GetRequiredService<ILogger<CreditSnapshotCache>>(),
            TimeProvider.System);
        var version = await Ledger.AskAsync<long>(
            "select version + 1000000 from credit_account where id = @id", new { id = on.AccountOf(card) });
        await Eventually.TrueAsync(
            async () =>
            {
                var now = DateTimeOffset.UtcNow;
                cache.Write([new AccountSnapshot(
                    new CreditAccount
                    {
                        Id = on.AccountOf(card),
                        Instrument = card,
                        Version = version,
                        LimitMinor = 50_000,
                        Balance = new Balance(month ?? CreditMonth.Of(now, on.Terms.TimeZone), spentMinor, 0, null),
                        BillingSnapshotId = 1,
                    },
                    now - age)]);
                return (await cache.ReadAsync(card))?.Account.Balance.SpentMinor == spentMinor
                    && (isAnswer is null || isAnswer(await on.Validator.GetCreditAsync(card)));
            },
            Eventually.Bound,
            isAnswer is null ? "the copy is in Redis" : "the copy answers");
    }
}
