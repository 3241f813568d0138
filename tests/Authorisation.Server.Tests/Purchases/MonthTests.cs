using System.Globalization;
using Authorisation.Server.Tests.Support;
using Authorisation.Standalone;
using Authorisation.Testing;
using Authorisation.V1;
using Xunit;

namespace Authorisation.Server.Tests.Purchases;

/// <summary>Credit months by the clocks of the operator, in databases whose clocks the tests set.</summary>
public sealed class MonthTests(SharedWire wire) : WireTest(wire)
{
    [Theory]
    [InlineData("Europe/Stockholm", "2026-11-30T22:59:59.999999Z", "2026-11", "2026-11-30T23:00:00Z")]
    [InlineData("Europe/Stockholm", "2026-11-30T23:00:00Z", "2026-12", "2026-12-31T23:00:00Z")]
    [InlineData("Europe/Stockholm", "2026-12-31T23:00:00Z", "2027-01", "2027-01-31T23:00:00Z")]
    [InlineData("Europe/Oslo", "2026-03-15T12:00:00Z", "2026-03", "2026-03-31T22:00:00Z")]
    [InlineData("Europe/Oslo", "2026-07-31T21:59:59Z", "2026-07", "2026-07-31T22:00:00Z")]
    [InlineData("Europe/Oslo", "2026-10-31T23:00:00Z", "2026-11", "2026-11-30T23:00:00Z")]
    [InlineData("Europe/Helsinki", "2026-11-30T22:00:00Z", "2026-12", "2026-12-31T22:00:00Z")]
    public async Task A_purchase_counts_in_the_operators_month_and_resets_at_its_midnight(
        string zone, string now, string month, string resetsAt)
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await ledger.StopClockAsync(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        var on = await WireOperator.CreateAsync(ledger, server, terms => terms with { TimeZone = zone });
        var request = on.Buy(await on.AddCardAsync());

        var answer = await on.Validator.AuthoriseAsync(request);
        var record = await on.Validator.GetAuthorisationAsync(request.AuthorisationId);

        Assert.Equal((month, month, month), (answer.Credit.Month, record.Month, record.InvoiceMonth));
        Assert.Equal(
            DateTime.Parse(resetsAt, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
            answer.Credit.ResetsAt.ToDateTime());
    }

    [Fact]
    public async Task At_midnight_the_whole_limit_is_there_again_without_anything_having_run()
    {
        var evening = new DateTimeOffset(2026, 12, 31, 23, 59, 0, TimeSpan.FromHours(1));
        var morning = new DateTimeOffset(2027, 1, 1, 0, 1, 0, TimeSpan.FromHours(1));
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await ledger.SetClockAsync(evening);
        // Begun where the database's clock is by now: a server whose clock is another does not become ready.
        var now = await ledger.AskAsync<DateTime>("select ledger_now()");
        await using var server = await InProcessServer.StartAsync(
            ledger.ServiceConnectionString, Wire.Redis, new TestLog(), new ShiftedTimeProvider(new DateTimeOffset(now), TimeProvider.System));
        await server.BecomeReadyAsync();
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync(10_000);

        var hold = on.Buy(card, 4_000);
        hold.Hold = true;
        await on.Validator.AuthoriseAsync(hold);
        IsCredit(await BuyAsync(on, card, 6_000), "2026-12", spent: 10_000, held: 4_000);
        IsCredit(await on.Validator.GetCreditOnceAsync(card, 10_000), "2026-12", spent: 10_000, held: 4_000);

        await ledger.SetClockAsync(morning);
        // The server measures the database's clock again within a second or so; reading goes by that, deciding does not.
        await Eventually.TrueAsync(
            async () => (await on.Validator.GetCreditAsync(card)).Month == "2027-01", Eventually.Bound, "the new month is seen");
        IsCredit(await on.Validator.GetCreditOnceAsync(card, 0), "2027-01", spent: 0, held: 0);
        IsCredit(await BuyAsync(on, card, 7_000), "2027-01", spent: 7_000, held: 0);
        IsCredit(await on.Validator.GetCreditOnceAsync(card, 7_000), "2027-01", spent: 7_000, held: 0);
        Assert.Equal("2026-12", (await on.Validator.GetAuthorisationAsync(hold.AuthorisationId)).Month);

        // A retry after midnight is the purchase of before midnight.
        var again = await on.Validator.AuthoriseAsync(hold);
        Assert.True(again.Replayed);
        IsCredit(again.Credit, "2027-01", spent: 7_000, held: 0);
    }

    private static async Task<Credit> BuyAsync(WireOperator on, Core.Instrument card, long amountMinor)
    {
        var answer = await on.Validator.AuthoriseAsync(on.Buy(card, amountMinor));
        Assert.Equal(Decision.Approved, answer.Decision);
        return answer.Credit;
    }

    private static void IsCredit(Credit credit, string month, long spent, long held) =>
        Assert.Equal((month, spent, held), (credit.Month, credit.SpentMinor, credit.HeldMinor));
}
