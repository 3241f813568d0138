using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Reads;

public sealed class LedgerReaderTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task An_account_is_read_with_everything_that_a_decision_looks_at()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(70_000);
        var id = Operator.AccountOf(card);
        await Ledger.Provisioner.SetRulesAsync(id, ["single", "ö,\"{}"], maxPurchaseMinor: 40_000);
        await node.AuthoriseAsync(Operator.Buy(card, 30_000) with { Product = "single", Hold = true }, Operator.Terms);

        var reading = await ReadAsync(node, card);

        var account = reading!.Account;
        Assert.Equal((id, card, 70_000L), (account.Id, account.Instrument, account.LimitMinor));
        Assert.Equal(["single", "ö,\"{}"], account.Rules!.AllowedProducts);
        Assert.Equal(40_000, account.Rules.MaxPurchaseMinor);
        Assert.Equal((30_000L, 30_000L), (account.Balance.SpentMinor, account.Balance.HeldMinor));
        Assert.Equal(Operator.BillingSnapshotId, account.BillingSnapshotId);
        Assert.Equal(3, account.Version);
        Assert.False(account.CardCreditNotOffered || account.Removed || account.AwaitsActivation || account.Blocked
            || account.OrganisationSuspended || account.CardHasTickets);
    }

    [Fact]
    public async Task A_decision_leaves_the_very_snapshot_that_is_read_afterwards()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync();

        var answer = await node.AuthoriseAsync(Operator.Buy(app, 1_000) with { Hold = true }, Operator.Terms);

        Assert.Equal(answer.Snapshot!.Account, (await ReadAsync(node, app))!.Account);
    }

    [Fact]
    public async Task Every_flag_that_an_administrator_sets_is_read()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        var app = await Operator.AddAppAsync(isActivated: false);
        var account = Operator.AccountOf(card);
        await Ledger.Provisioner.SetBlockedAsync(account, blocked: true);
        await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, suspended: true);
        await Ledger.Provisioner.SetOffersCardCreditAsync(Operator.Terms.Id, offers: false);
        await Ledger.Provisioner.AddPrepaidCardAsync(Operator.Terms.Id, card.CardNumber!);
        await Ledger.Provisioner.RemoveCreditAsync(account);

        var onCard = (await ReadAsync(node, card))!.Account;
        var inApp = (await ReadAsync(node, app))!.Account;

        Assert.True(onCard.Blocked && onCard.OrganisationSuspended && onCard.CardCreditNotOffered && onCard.CardHasTickets && onCard.Removed);
        Assert.False(onCard.AwaitsActivation);
        Assert.True(inApp.AwaitsActivation && inApp.OrganisationSuspended);
        Assert.False(inApp.CardCreditNotOffered || inApp.CardHasTickets || inApp.Blocked || inApp.Removed);
    }

    [Fact]
    public async Task What_is_unknown_or_another_operators_is_not_found()
    {
        var node = NewNode();
        var other = await TestOperator.CreateAsync(Ledger);
        var app = await other.AddAppAsync();
        var card = await other.AddCardAsync();

        Assert.Null(await ReadAsync(node, Operator.UnknownCard()));
        Assert.Null(await ReadAsync(node, Instrument.App(Operator.Terms.Id, Guid.NewGuid())));
        Assert.Null(await ReadAsync(node, Instrument.App(Operator.Terms.Id, app.AccountId)));
        Assert.Null(await ReadAsync(node, Instrument.Card(Operator.Terms.Id, card.CardNumber!)));
        // The account of a card is no app.
        Assert.Null(await ReadAsync(node, Instrument.App(other.Terms.Id, other.AccountOf(card))));
        Assert.Null(await node.Reader.FindEntryAsync(Guid.NewGuid(), CancellationToken.None));
    }

    [Fact]
    public async Task A_locked_account_is_read_all_the_same()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        await LockAsync(card);

        Assert.NotNull(await ReadAsync(node, card));
    }

    [Fact]
    public async Task Questions_asked_at_once_get_their_own_answers_and_some_that_are_given_up_cost_the_others_none()
    {
        var node = NewNode();
        var cards = new List<Instrument>();
        for (var i = 0; i < 20; i++)
        {
            cards.Add(await Operator.AddCardAsync());
        }

        await Parallel.ForAsync(0, 3_000, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var card = cards[i % cards.Count];
            using var givesUp = new CancellationTokenSource();
            switch (i % 3)
            {
                case 0:
                    Assert.Null(await ReadAsync(node, Instrument.Card(Operator.Terms.Id, TestOperator.NewCardNumber())));
                    break;
                case 1:
                    var read = node.Reader.FindCreditAsync(card, Operator.Terms.TimeZone, givesUp.Token);
                    await givesUp.CancelAsync();
                    await read.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                    break;
                default:
                    var reading = await ReadAsync(node, card);
                    Assert.Equal((card, Operator.AccountOf(card)), (reading!.Account.Instrument, reading.Account.Id));
                    break;
            }
        });
    }

    [Fact]
    public async Task A_cancelled_read_is_cancelled_and_not_an_outage()
    {
        var node = NewNode();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => node.Reader.FindEntryAsync(Guid.NewGuid(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task The_probe_tells_the_databases_clock_and_that_it_is_no_replica()
    {
        await using var database = Ledger.Connect();

        var state = await new LedgerProbe(database).LookAsync(CancellationToken.None);

        Assert.InRange(state.Now, DateTimeOffset.UtcNow - Eventually.Bound, DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1));
        Assert.False(state.IsReplica);
        Assert.False(state.CommitsWaitForStandby);
    }

    [Fact]
    public async Task What_a_caller_typed_as_an_app_is_not_listed_with_the_card_whose_account_it_is()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        var asApp = Instrument.App(Operator.Terms.Id, Operator.AccountOf(card));
        var unknown = Instrument.App(Operator.Terms.Id, Guid.NewGuid());
        var bought = (await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms)).Entry!;
        var typed = (await node.AuthoriseAsync(Operator.Buy(asApp), Operator.Terms)).Entry!;
        var nobodys = (await node.AuthoriseAsync(Operator.Buy(unknown), Operator.Terms)).Entry!;
        Assert.Equal(DeclineReason.UnknownInstrument, typed.DeclineReason);

        foreach (var (instrument, entry) in new[] { (card, bought), (asApp, bought), (unknown, nobodys) })
        {
            var listed = await node.Reader.ListAsync(instrument, bought.CreditMonth, ListPosition.Start, 10, CancellationToken.None);
            Assert.Equal([entry.Purchase.Id], listed.Select(one => one.Entry.Purchase.Id));
        }
    }

    private Task<CreditReading?> ReadAsync(LedgerNode node, Instrument instrument) =>
        node.Reader.FindCreditAsync(instrument, Operator.Terms.TimeZone, CancellationToken.None);
}
