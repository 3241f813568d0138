using System.Globalization;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Operations;

/// <summary>What was begun before midnight and is finished after it, in a database whose clock the test sets.</summary>
[Trait("Tier", "Slow")]
public sealed class MidnightTests(SharedWire wire) : WireTest(wire)
{
    private static readonly DateTimeOffset Evening = At("2026-11-30T23:56:00+01:00");
    private static readonly DateTimeOffset Midnight = At("2026-12-01T00:00:00+01:00");

    [Theory]
    [InlineData("console")]
    [InlineData("validator")]
    [InlineData("app back end")]
    [InlineData("app")]
    public async Task A_hold_of_before_midnight_is_captured_after_it_also_when_its_month_is_closed(string who)
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await using var server = await BeginAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var (caller, instrument) = await CallerAsync(on, who);
        var (one, other) = (on.Buy(instrument), on.Buy(instrument, 2_000));
        (one.Hold, other.Hold) = (true, true);
        await caller.AuthoriseAsync(one);
        await caller.AuthoriseAsync(other);

        await ledger.StopClockAsync(Midnight);
        var before = await caller.CaptureAsync(one.AuthorisationId);
        await CloseAsync(ledger, on);
        var after = await caller.CaptureAsync(other.AuthorisationId, 1_500);

        Assert.Equal(("2026-11", "2026-11", "2026-11"), Months(before));
        Assert.Equal(("2026-11", "2026-12", "2026-12"), Months(after));
        await LedgerSums.AddUpAsync(ledger, on.Terms.Id);
    }

    [Theory]
    [InlineData("console")]
    [InlineData("validator")]
    [InlineData("app back end")]
    public async Task Ones_own_unanswered_purchase_is_voided_after_midnight_for_an_hour(string who)
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await using var server = await BeginAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server, terms => terms with { HoldTime = TimeSpan.FromMinutes(15) });
        var (caller, instrument) = await CallerAsync(on, who);
        var (one, late, never) = (on.Buy(instrument), on.Buy(instrument), on.Buy(instrument));
        await caller.AuthoriseAsync(one);
        await caller.AuthoriseAsync(late);
        await ledger.StopClockAsync(Midnight);
        await CloseAsync(ledger, on);

        var done = await caller.VoidAsync(one.AuthorisationId);
        var mark = await caller.VoidAsync(never.AuthorisationId);
        var again = await caller.AuthoriseAsync(one);
        await ledger.StopClockAsync(Evening.AddMinutes(60));
        var error = await WireError.OfAsync(caller.VoidAsync(late.AuthorisationId));

        Assert.Equal(AuthorisationState.Voided, done.Authorisation.State);
        Assert.Equal(("2026-11", "2026-11", "2026-12"), Months(done));
        Assert.Equal(-1_000, done.Operation.InvoicedMinor);
        Assert.Equal((AuthorisationState.Voided, ""), (mark.Authorisation.State, mark.Operation.InvoiceMonth));
        Assert.Equal(DeclineReason.Reversed, again.DeclineReason);
        Assert.Equal(who == "console" ? "OPERATION_NOT_ALLOWED" : "MONTH_CLOSED", error.Reason);
        Assert.Contains(who == "console" ? "Operator staff can void" : "Operator staff can refund any purchase", error.Message, StringComparison.Ordinal);
        await LedgerSums.AddUpAsync(ledger, on.Terms.Id);
    }

    [Fact]
    public async Task The_answer_to_a_refund_names_the_month_of_its_own_line_beside_the_purchases()
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await using var server = await BeginAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var (backEnd, app) = await CallerAsync(on, "app back end");
        var bought = on.Buy(app);
        await backEnd.AuthoriseAsync(bought);
        await ledger.StopClockAsync(Midnight.AddDays(3));
        await CloseAsync(ledger, on);
        var request = new RefundRequest
        {
            OperationId = TestCaller.NewId(),
            AuthorisationId = bought.AuthorisationId,
            AmountMinor = 400,
            Reason = "Bussen kom inte",
        };

        var refund = await backEnd.RefundAsync(request);
        var again = await backEnd.RefundAsync(request);
        var read = await backEnd.GetAuthorisationAsync(bought.AuthorisationId);

        Assert.Equal(("2026-11", "2026-11", "2026-12"), Months(refund));
        Assert.Equal((400, -400, "Bussen kom inte"), (refund.Operation.AmountMinor, refund.Operation.InvoicedMinor, refund.Operation.Reason));
        Assert.Equal(refund.Operation, again.Operation);
        Assert.Equal([refund.Operation], read.Operations);
    }

    private static (string Month, string InvoiceMonth, string OwnMonth) Months(OperationResponse done) =>
        (done.Authorisation.Month, done.Authorisation.InvoiceMonth, done.Operation.InvoiceMonth);

    private async Task<InProcessServer> BeginAsync(TestLedger ledger)
    {
        await ledger.StopClockAsync(Evening);
        return await InProcessServer.StartAsync(ledger.ServiceConnectionString, Wire.Redis, new TestLog());
    }

    private static Task CloseAsync(TestLedger ledger, WireOperator on) =>
        ledger.ExecuteAsync("update operator set first_open_month = 202612 where id = @Id", new { on.Terms.Id });

    private static async Task<(TestCaller Caller, Core.Instrument Instrument)> CallerAsync(WireOperator on, string who)
    {
        switch (who)
        {
            case "console":
                return (await on.AddClientAsync(ClientKind.Console), await on.AddCardAsync());
            case "validator":
                return (on.Validator, await on.AddCardAsync());
            case "app back end":
                return (await on.AddClientAsync(ClientKind.AppBackEnd), await on.AddAppAsync());
            default:
                var app = await on.AddAppAsync();
                return (await on.AddAppCallerAsync(app), app);
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
