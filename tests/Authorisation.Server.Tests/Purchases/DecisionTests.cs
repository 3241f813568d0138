using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Purchases;

/// <summary>What a decided purchase answers, and what is read of it afterwards.</summary>
public sealed class DecisionTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task A_purchase_with_every_field_is_read_as_it_was_sent()
    {
        var on = await NewOperatorAsync();
        var request = on.Buy(await on.AddCardAsync(), 12_345);
        request.Purpose = "Kundbesök i Ånge, 3 personer & hund";
        request.Product = "single-adult";
        request.VatBasisPoints = 0;
        request.VatCategory = "Z";
        request.OccurredAt = new Timestamp { Seconds = 1_700_000_000, Nanos = 123_456_789 };
        request.Trip = new Trip { Vehicle = "1742", Line = "45", Zone = "Östersund C", Stop = "Färjemansleden" };
        request.DeviceId = "validator-7";

        var answer = await on.Validator.AuthoriseAsync(request);
        var record = await on.Validator.GetAuthorisationAsync(request.AuthorisationId);

        Assert.Equal(
            new AuthorisationRecord
            {
                AuthorisationId = request.AuthorisationId,
                State = AuthorisationState.Captured,
                AmountMinor = 12_345,
                CapturedMinor = 12_345,
                Currency = "SEK",
                Purpose = request.Purpose,
                Product = "single-adult",
                DecidedAt = answer.DecidedAt,
                Month = answer.Credit.Month,
                InvoiceMonth = answer.Credit.Month,
            },
            record);
        Assert.Equal(
            "0 Z True 2023-11-14 22:13:20.123456 1742 45 Östersund C Färjemansleden validator-7",
            await Ledger.AskAsync<string>(
                """
                select concat_ws(' ', vat_basis_points, vat_category, case when vat_rate_given then 'True' end,
                  occurred_at at time zone 'UTC', vehicle, line, zone, stop, device_id)
                from authorisation where id = @id
                """,
                new { id = Guid.Parse(request.AuthorisationId) }));
    }

    [Fact]
    public async Task Approved_purchases_are_taken_from_the_credit_and_declined_ones_are_not()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(50_000);
        var before = DateTime.UtcNow;

        var first = await on.Validator.AuthoriseAsync(on.Buy(card, 25_000));
        var tooMuch = on.Buy(card, 30_000);
        var declined = await on.Validator.AuthoriseAsync(tooMuch);
        var last = await on.Validator.AuthoriseAsync(on.Buy(card, 25_000));

        IsDecided(first, Decision.Approved, DeclineReason.Unspecified, spent: 25_000, held: 0, remaining: 25_000);
        IsDecided(declined, Decision.Declined, DeclineReason.InsufficientCredit, spent: 25_000, held: 0, remaining: 25_000);
        IsDecided(last, Decision.Approved, DeclineReason.Unspecified, spent: 50_000, held: 0, remaining: 0);
        Assert.InRange(first.DecidedAt.ToDateTime(), before.AddSeconds(-1), DateTime.UtcNow.AddSeconds(1));
        Assert.True(first.DecidedAt.ToDateTime() < last.DecidedAt.ToDateTime());
        Assert.Equal((null, false), (first.ExpiresAt, first.StandIn));

        var record = await on.Validator.GetAuthorisationAsync(tooMuch.AuthorisationId);
        Assert.Equal(
            (AuthorisationState.Declined, DeclineReason.InsufficientCredit, 30_000, 0),
            (record.State, record.DeclineReason, record.AmountMinor, record.CapturedMinor));
    }

    [Fact]
    public async Task A_hold_is_part_of_what_is_spent_and_says_when_it_lapses()
    {
        var on = await NewOperatorAsync(terms => terms with { HoldTime = TimeSpan.FromMinutes(7) });
        var app = await on.AddAppAsync(50_000);
        var caller = await on.AddAppCallerAsync(app);
        var request = on.Buy(app, 20_000);
        request.Hold = true;

        var answer = await caller.AuthoriseAsync(request);
        IsDecided(answer, Decision.Approved, DeclineReason.Unspecified, spent: 20_000, held: 20_000, remaining: 30_000);
        Assert.Equal(TimeSpan.FromMinutes(7), answer.ExpiresAt.ToDateTime() - answer.DecidedAt.ToDateTime());

        var record = await caller.GetAuthorisationAsync(request.AuthorisationId);
        Assert.Equal(
            (AuthorisationState.Held, 20_000, 0, answer.ExpiresAt),
            (record.State, record.AmountMinor, record.CapturedMinor, record.ExpiresAt));

        var declined = on.Buy(app, 30_001);
        declined.Hold = true;
        answer = await caller.AuthoriseAsync(declined);
        IsDecided(answer, Decision.Declined, DeclineReason.InsufficientCredit, spent: 20_000, held: 20_000, remaining: 30_000);
        Assert.Null(answer.ExpiresAt);
        Assert.Equal(
            AuthorisationState.Declined, (await caller.GetAuthorisationAsync(declined.AuthorisationId)).State);
    }

    [Fact]
    public async Task The_same_id_gets_the_same_decision_again_with_the_credit_of_today()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(50_000);
        var request = on.Buy(card, 30_000);
        request.Hold = true;
        var first = await on.Validator.AuthoriseAsync(request);
        var tooMuch = on.Buy(card, 40_000);
        var declined = await on.Validator.AuthoriseAsync(tooMuch);
        await on.Validator.AuthoriseAsync(on.Buy(card, 5_000));
        await Ledger.Provisioner.SetLimitAsync(on.AccountOf(card), 100_000);
        await Ledger.Provisioner.SetBlockedAsync(on.AccountOf(card), blocked: true);

        IsReplay(first, await on.Validator.AuthoriseAsync(request));
        IsReplay(declined, await on.Validator.AuthoriseAsync(tooMuch));
        var again = await on.Validator.AuthoriseAsync(request);
        Assert.Equal((100_000, 35_000, 30_000), (again.Credit.LimitMinor, again.Credit.SpentMinor, again.Credit.HeldMinor));
        Assert.Equal(3, await on.RowsAsync());
    }

    [Fact]
    public async Task The_same_id_sent_many_times_at_once_is_decided_once()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(1_000);
        var request = on.Buy(card, 1_000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => on.Validator.AuthoriseAsync(request)));
        Assert.All(answers, answer => Assert.Equal(Decision.Approved, answer.Decision));
        Assert.Single(answers, answer => !answer.Replayed);
        Assert.Single(answers.Select(answer => answer.DecidedAt).Distinct());
        Assert.Equal((1, 1_000), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    [Fact]
    public async Task An_unknown_instrument_is_declined_without_credit_and_kept()
    {
        var on = await NewOperatorAsync();
        var request = on.Buy(on.UnknownCard());
        var answer = await on.Validator.AuthoriseAsync(request);
        Assert.Equal(
            (Decision.Declined, DeclineReason.UnknownInstrument, null), (answer.Decision, answer.DeclineReason, answer.Credit));
        Assert.Equal(
            AuthorisationState.Declined, (await on.Validator.GetAuthorisationAsync(request.AuthorisationId)).State);

        // The card gets credit later: the id keeps its decision, a new one gets its own.
        await on.AddCardAsync(request.CardNumber, 50_000);
        IsReplay(answer, await on.Validator.AuthoriseAsync(request));
        request.AuthorisationId = Guid.NewGuid().ToString();
        Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(request)).Decision);
    }

    [Fact]
    public async Task Every_reason_to_decline_is_an_answer_and_not_an_error()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var id = on.AccountOf(card);
        var to = Ledger.Provisioner;

        await IsDeclinedAsync(on, card, DeclineReason.InsufficientCredit, amountMinor: 50_001);
        await to.SetRulesAsync(id, ["single-adult"], maxPurchaseMinor: 900);
        await IsDeclinedAsync(on, card, DeclineReason.AmountOverRule, product: "single-adult");
        await IsDeclinedAsync(on, card, DeclineReason.ProductNotAllowed, product: "monthly");
        await to.AddPrepaidCardAsync(on.Terms.Id, card.CardNumber!);
        await IsDeclinedAsync(on, card, DeclineReason.CardHasTickets);
        await to.SetSuspendedAsync(on.OrganisationId, suspended: true);
        await IsDeclinedAsync(on, card, DeclineReason.OrganisationSuspended);
        await to.SetBlockedAsync(id, blocked: true);
        await IsDeclinedAsync(on, card, DeclineReason.Blocked);
        await to.RemoveCreditAsync(id);
        await IsDeclinedAsync(on, card, DeclineReason.CreditRemoved);
        await to.SetOffersCardCreditAsync(on.Terms.Id, offers: false);
        await IsDeclinedAsync(on, card, DeclineReason.CardCreditNotOffered);

        var backEnd = await on.AddClientAsync(ClientKind.AppBackEnd);
        var answer = await backEnd.AuthoriseAsync(on.Buy(await on.AddAppAsync(isActivated: false)));
        Assert.Equal(DeclineReason.OrganisationSuspended, await ReasonOnceActiveAsync(on, backEnd));
        Assert.Equal(DeclineReason.NotActivated, answer.DeclineReason);
    }

    private static async Task<DeclineReason> ReasonOnceActiveAsync(WireOperator on, TestCaller backEnd) =>
        (await backEnd.AuthoriseAsync(on.Buy(await on.AddAppAsync()))).DeclineReason;

    private static async Task IsDeclinedAsync(
        WireOperator on, Core.Instrument card, DeclineReason reason, long amountMinor = 1_000, string product = "")
    {
        var request = on.Buy(card, amountMinor);
        request.Product = product;
        var answer = await on.Validator.AuthoriseAsync(request);
        Assert.Equal((Decision.Declined, reason), (answer.Decision, answer.DeclineReason));
        Assert.Equal(0, answer.Credit.SpentMinor);
    }

    private static void IsReplay(AuthoriseResponse first, AuthoriseResponse again)
    {
        Assert.Equal((false, true), (first.Replayed, again.Replayed));
        Assert.Equal(
            (first.AuthorisationId, first.Decision, first.DeclineReason, first.DecidedAt, first.ExpiresAt),
            (again.AuthorisationId, again.Decision, again.DeclineReason, again.DecidedAt, again.ExpiresAt));
    }

    private static void IsDecided(
        AuthoriseResponse answer, Decision decision, DeclineReason reason, long spent, long held, long remaining)
    {
        Assert.Equal((decision, reason, false), (answer.Decision, answer.DeclineReason, answer.Replayed));
        Assert.Equal(
            (50_000, spent, held, remaining, "SEK"),
            (answer.Credit.LimitMinor, answer.Credit.SpentMinor, answer.Credit.HeldMinor, answer.Credit.RemainingMinor, answer.Credit.Currency));
    }
}
