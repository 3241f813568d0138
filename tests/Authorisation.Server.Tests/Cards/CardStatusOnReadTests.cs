using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Xunit;
using DeclineReason = Authorisation.V1.DeclineReason;

namespace Authorisation.Server.Tests.Cards;

/// <summary>What a watcher is told of a card, for each thing that can happen to it.</summary>
public sealed class CardStatusOnReadTests(SharedWire wire) : WireTest(wire)
{
    private sealed record Cause(DeclineReason Reason, Func<CardStatusOnReadTests, WireOperator, Instrument, Task> Apply, Func<CardStatusOnReadTests, WireOperator, Instrument, Task> Lift);

    private static readonly Dictionary<string, Cause> Causes = new(StringComparer.Ordinal)
    {
        ["blocked"] = new(
            DeclineReason.Blocked,
            (test, on, card) => test.Ledger.Provisioner.SetBlockedAsync(on.AccountOf(card), blocked: true),
            (test, on, card) => test.Ledger.Provisioner.SetBlockedAsync(on.AccountOf(card), blocked: false)),
        ["removed"] = new(
            DeclineReason.CreditRemoved,
            (test, on, card) => test.Ledger.Provisioner.RemoveCreditAsync(on.AccountOf(card)),
            (_, on, card) => on.AddCardAsync(card.CardNumber!, 50_000)),
        ["its organisation suspended"] = new(
            DeclineReason.OrganisationSuspended,
            (test, on, _) => test.Ledger.Provisioner.SetSuspendedAsync(on.OrganisationId, suspended: true),
            (test, on, _) => test.Ledger.Provisioner.SetSuspendedAsync(on.OrganisationId, suspended: false)),
        ["no credit on cards any more"] = new(
            DeclineReason.CardCreditNotOffered,
            (test, on, _) => test.Ledger.Provisioner.SetOffersCardCreditAsync(on.Terms.Id, offers: false),
            (test, on, _) => test.Ledger.Provisioner.SetOffersCardCreditAsync(on.Terms.Id, offers: true)),
        ["tickets on the card"] = new(
            DeclineReason.CardHasTickets,
            (test, on, card) => test.Ledger.Provisioner.AddPrepaidCardAsync(on.Terms.Id, card.CardNumber!),
            (test, _, card) => test.Ledger.ExecuteAsync("delete from prepaid_card where card_number = @CardNumber", new { card.CardNumber })),
        ["spent"] = new(
            DeclineReason.InsufficientCredit,
            (_, on, card) => on.Validator.AuthoriseAsync(on.Buy(card, 50_000)),
            (test, on, card) => test.Ledger.Provisioner.SetLimitAsync(on.AccountOf(card), 50_001)),
        ["a limit lowered to what is spent"] = new(
            DeclineReason.InsufficientCredit,
            async (test, on, card) =>
            {
                await on.Validator.AuthoriseAsync(on.Buy(card, 20_000));
                await test.Ledger.Provisioner.SetLimitAsync(on.AccountOf(card), 20_000);
            },
            (test, on, card) => test.Ledger.Provisioner.SetLimitAsync(on.AccountOf(card), 50_000)),
        ["another number"] = new(
            DeclineReason.UnknownInstrument,
            (test, on, card) => test.Ledger.ExecuteAsync(
                "update credit_account set card_number = card_number || '9' where id = @id", new { id = on.AccountOf(card) }),
            (test, on, card) => test.Ledger.ExecuteAsync(
                "update credit_account set card_number = @CardNumber where id = @id", new { card.CardNumber, id = on.AccountOf(card) })),
        ["moved to a suspended organisation"] = new(
            DeclineReason.OrganisationSuspended,
            async (test, on, card) =>
            {
                var organisation = await test.Ledger.Provisioner.AddOrganisationAsync(on.Terms.Id, "En annan");
                await test.Ledger.Provisioner.SetSuspendedAsync(organisation, suspended: true);
                var department = await test.Ledger.Provisioner.AddDepartmentAsync(organisation, "Där", "1");
                var billingSnapshot = await test.Ledger.Provisioner.AddTravellerAsync(department, "Anna Ö", "anna@example.org");
                await test.Ledger.ExecuteAsync(
                    "update credit_account set billing_snapshot_id = @billingSnapshot where id = @id", new { billingSnapshot, id = on.AccountOf(card) });
            },
            (test, on, card) => test.Ledger.ExecuteAsync(
                "update organisation set suspended_at = null where operator_id = @Id", new { on.Terms.Id })),
        ["by hand in one go with the balance"] = new(
            DeclineReason.Blocked,
            (test, on, card) => test.Ledger.ExecuteAsync(
                "update credit_account set blocked_at = now(), spent_minor = 1, month = 202601 where id = @id", new { id = on.AccountOf(card) }),
            (test, on, card) => test.Ledger.ExecuteAsync(
                "update credit_account set blocked_at = null, spent_minor = 2 where id = @id", new { id = on.AccountOf(card) })),
    };

    public static TheoryData<string> Cases => [.. Causes.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_card_is_refused_while_there_is_cause_and_accepted_again_afterwards(string name)
    {
        var cause = Causes[name];
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await using var watcher = CardWatching.Start(on.Validator, Server.Channel);
        await watcher.HasAsync(card, DeclineReason.Unspecified);

        await cause.Apply(this, on, card);
        await watcher.HasAsync(card, cause.Reason);
        var refused = watcher.Of(card)!;
        Assert.Equal(cause.Reason == DeclineReason.InsufficientCredit, refused.LapsesAt is not null);

        await cause.Lift(this, on, card);
        await watcher.HasAsync(card, DeclineReason.Unspecified);
        Assert.Null(watcher.Of(card)!.LapsesAt);
        Assert.True(watcher.Of(card)!.Version > refused.Version);
    }

    [Fact]
    public async Task A_suspension_concerns_each_card_of_the_organisation_and_no_other()
    {
        var on = await NewOperatorAsync();
        var cards = new List<Instrument>();
        for (var i = 0; i < 20; i++)
        {
            cards.Add(await on.AddCardAsync());
        }

        var elsewhere = await (await NewOperatorAsync()).AddCardAsync();
        await using var watcher = CardWatching.Start(on.Validator, Server.Channel);
        await Ledger.Provisioner.SetSuspendedAsync(on.OrganisationId, suspended: true);
        foreach (var card in cards)
        {
            await watcher.HasAsync(card, DeclineReason.OrganisationSuspended);
        }

        Assert.Null(watcher.Of(elsewhere));
    }

    [Fact]
    public async Task Apps_are_not_listed_and_purchases_that_leave_something_tell_nobody_anything()
    {
        var on = await NewOperatorAsync();
        var app = await on.AddAppAsync();
        var (card, last) = (await on.AddCardAsync(), await on.AddCardAsync());
        await using var watcher = CardWatching.Start(on.Validator, Server.Channel);
        await watcher.HasAsync(card, DeclineReason.Unspecified);
        await watcher.HasAsync(last, DeclineReason.Unspecified);
        var backEnd = await on.AddClientAsync(Authorisation.Core.ClientKind.AppBackEnd);
        await backEnd.AuthoriseAsync(on.Buy(app, 50_000));
        for (var i = 0; i < 5; i++)
        {
            await on.Validator.AuthoriseAsync(on.Buy(card, 1_000));
        }

        await Ledger.Provisioner.SetRulesAsync(on.AccountOf(card), ["single-adult"], 1_000);
        await Ledger.Provisioner.SetLimitAsync(on.AccountOf(card), 60_000);
        await Ledger.Provisioner.SetBlockedAsync(on.AccountOf(last), blocked: true);
        await watcher.HasAsync(last, DeclineReason.Blocked);

        Assert.Equal(2, watcher.Cards.Count);
        Assert.Single(watcher.Updates, update => update.CardNumber == card.CardNumber);
    }

    [Fact]
    public async Task A_card_that_was_spent_last_month_is_refused_until_then_only_and_without_anybody_saying_so()
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        var turn = new DateTimeOffset(2026, 11, 30, 23, 0, 0, TimeSpan.Zero);
        await ledger.SetClockAsync(turn.AddHours(-1));
        // The server's own clock is another, which makes it unready and changes nothing.
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, Wire.Redis, new Authorisation.Testing.TestLog());
        var on = await WireOperator.CreateAsync(ledger, server);
        var (spent, other) = (await on.AddCardAsync(1_000), await on.AddCardAsync(1_000));
        await on.Validator.AuthoriseAsync(on.Buy(spent));
        await using var watcher = CardWatching.Start(on.Validator, server.Channel);
        await watcher.HasAsync(spent, DeclineReason.InsufficientCredit);
        await watcher.HasAsync(other, DeclineReason.Unspecified);
        await watcher.IsUpToDateAsync();
        Assert.Equal(turn, watcher.Of(spent)!.LapsesAt.ToDateTimeOffset());
        Assert.InRange(watcher.Of(spent)!.ChangedAt.ToDateTimeOffset(), turn.AddHours(-1), turn.AddMinutes(-50));
        var before = UpdatesOf(spent);

        await ledger.SetClockAsync(turn);
        await on.Validator.AuthoriseAsync(on.Buy(other));
        await watcher.HasAsync(other, DeclineReason.InsufficientCredit);
        Assert.Equal(turn.AddDays(31), watcher.Of(other)!.LapsesAt.ToDateTimeOffset());
        Assert.Equal(before, UpdatesOf(spent));

        // When the card is used again, there is one update, which says nothing new to who knows what time it is.
        await ledger.Provisioner.SetLimitAsync(on.AccountOf(spent), 2_000);
        await watcher.HasAsync(spent, DeclineReason.Unspecified);
        await on.Validator.AuthoriseAsync(on.Buy(spent, 2_000));
        await watcher.HasAsync(spent, DeclineReason.InsufficientCredit);
        Assert.Equal(turn.AddDays(31), watcher.Of(spent)!.LapsesAt.ToDateTimeOffset());

        int UpdatesOf(Instrument card) => watcher.Updates.Count(update => update.CardNumber == card.CardNumber);
    }
}
