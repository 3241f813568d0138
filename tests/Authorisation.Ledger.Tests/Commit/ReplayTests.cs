using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

public sealed class ReplayTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task The_same_id_gets_the_same_decision_on_every_server_and_spends_once()
    {
        var card = await Operator.AddCardAsync(50_000);
        var purchase = Operator.Buy(card, 20_000) with { Purpose = "Besök", Hold = true };
        var first = await NewNode().AuthoriseAsync(purchase, Operator.Terms);

        var again = await NewNode().AuthoriseAsync(purchase, Operator.Terms);

        Assert.Equal(CommitStatus.Decided, first.Status);
        Assert.Equal(CommitStatus.Replayed, again.Status);
        Assert.Equal(first.Entry, again.Entry);
        Assert.Equal(first.Credit, again.Credit);
    }

    [Fact]
    public async Task A_decline_stays_a_decline_when_the_limit_is_raised()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(10_000);
        var purchase = Operator.Buy(card, 10_001);
        var first = await node.AuthoriseAsync(purchase, Operator.Terms);
        await Ledger.Provisioner.SetLimitAsync(Operator.AccountOf(card), 50_000);

        var again = await node.AuthoriseAsync(purchase, Operator.Terms);

        Assert.Equal(DeclineReason.InsufficientCredit, first.Entry!.DeclineReason);
        Assert.Equal(CommitStatus.Replayed, again.Status);
        Assert.Equal(first.Entry, again.Entry);
        Assert.Equal(50_000, again.Credit!.Value.RemainingMinor);
    }

    [Fact]
    public async Task An_approval_stays_one_when_the_credit_is_removed()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        var purchase = Operator.Buy(card);
        var first = await node.AuthoriseAsync(purchase, Operator.Terms);
        await Ledger.Provisioner.RemoveCreditAsync(Operator.AccountOf(card));

        var again = await node.AuthoriseAsync(purchase, Operator.Terms);

        Assert.Equal(CommitStatus.Replayed, again.Status);
        Assert.Equal(first.Entry, again.Entry);
    }

    [Fact]
    public async Task Other_fields_are_named_and_nothing_is_spent()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(50_000);
        var other = await Operator.AddCardAsync(50_000);
        var purchase = Operator.Buy(card, 1_000);
        await node.AuthoriseAsync(purchase, Operator.Terms);

        var answer = await node.AuthoriseAsync(
            purchase with
            {
                Instrument = other,
                AmountMinor = 2_000,
                Purpose = "x",
                Product = "y",
                Hold = true,
                VatBasisPoints = 600,
                VatCategory = VatCategory.ZeroRated,
            },
            Operator.Terms);

        Assert.Equal(CommitStatus.DiffersFromFirst, answer.Status);
        Assert.Null(answer.Entry);
        Assert.Equal(
            ["card_number", "amount_minor", "purpose", "product", "hold", "vat_basis_points", "vat_category"],
            answer.Differences);
        Assert.Equal(1_000, await SpentAsync(card));
        Assert.Equal(0, await SpentAsync(other));
    }

    [Fact]
    public async Task A_retry_from_another_device_and_place_is_the_same_purchase()
    {
        var node = NewNode();
        var purchase = Operator.Buy(await Operator.AddCardAsync()) with { DeviceId = "a", Trip = new Trip("1", null, null, null) };
        var first = await node.AuthoriseAsync(purchase, Operator.Terms);

        var again = await node.AuthoriseAsync(
            purchase with { DeviceId = "b", Trip = null, OccurredAt = DateTimeOffset.UtcNow }, Operator.Terms);

        Assert.Equal(CommitStatus.Replayed, again.Status);
        Assert.Equal(first.Entry, again.Entry);
    }

    [Fact]
    public async Task Of_an_id_of_another_client_nothing_is_told()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync();
        var purchase = Operator.Buy(app);
        await node.AuthoriseAsync(purchase, Operator.Terms);

        foreach (var originator in new[] { Originator.Client(purchase.Originator.ClientId!.Value + 1), Originator.App(app.AccountId) })
        {
            var answer = await node.AuthoriseAsync(purchase with { Originator = originator, AmountMinor = 5 }, Operator.Terms);

            Assert.Equal(CommitStatus.TakenByAnother, answer.Status);
            Assert.Null(answer.Entry);
            Assert.Empty(answer.Differences);
        }
    }

    [Fact]
    public async Task An_unknown_card_is_declined_and_the_decline_replayed_when_the_card_has_credit_by_then()
    {
        var node = NewNode();
        var card = Operator.UnknownCard();
        var purchase = Operator.Buy(card);
        var first = await node.AuthoriseAsync(purchase, Operator.Terms);
        await Operator.AddCardAsync(card.CardNumber!, 50_000);

        var again = await node.AuthoriseAsync(purchase, Operator.Terms);
        var next = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);

        Assert.Equal(DeclineReason.UnknownInstrument, first.Entry!.DeclineReason);
        Assert.Null(first.Entry.AccountId);
        Assert.Null(first.Entry.BillingSnapshotId);
        Assert.Null(first.Credit);
        Assert.Null(first.Snapshot);
        Assert.Equal(CommitStatus.Replayed, again.Status);
        Assert.Equal(first.Entry, again.Entry);
        Assert.Equal(Decision.Approved, next.Entry!.Decision);
    }

    [Fact]
    public async Task An_unknown_app_is_declined_and_replayed_and_compared()
    {
        var node = NewNode();
        var app = Instrument.App(Operator.Terms.Id, Guid.NewGuid());
        var purchase = Operator.Buy(app);

        var first = await node.AuthoriseAsync(purchase, Operator.Terms);
        var again = await node.AuthoriseAsync(purchase, Operator.Terms);
        var differs = await node.AuthoriseAsync(
            purchase with { Instrument = Instrument.App(Operator.Terms.Id, Guid.NewGuid()) }, Operator.Terms);

        Assert.Equal(DeclineReason.UnknownInstrument, first.Entry!.DeclineReason);
        Assert.Null(first.Entry.AccountId);
        Assert.Equal(first.Entry, again.Entry);
        Assert.Equal(first.Entry, await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
        Assert.Equal(["app_account_id"], differs.Differences);
    }

    [Fact]
    public async Task The_app_and_the_card_of_another_operator_are_unknown_and_stay_untouched()
    {
        var node = NewNode();
        var other = await TestOperator.CreateAsync(Ledger);
        var app = await other.AddAppAsync();
        var card = await other.AddCardAsync();
        var ours = new[] { Instrument.App(Operator.Terms.Id, app.AccountId), Instrument.Card(Operator.Terms.Id, card.CardNumber!) };

        foreach (var instrument in ours)
        {
            var purchase = Operator.Buy(instrument);
            var first = await node.AuthoriseAsync(purchase, Operator.Terms);
            var again = await node.AuthoriseAsync(purchase, Operator.Terms);

            Assert.Equal(DeclineReason.UnknownInstrument, first.Entry!.DeclineReason);
            Assert.Null(first.Credit);
            Assert.Equal(first.Entry, again.Entry);
        }

        Assert.Equal(0, await Ledger.AskAsync<long>("select spent_minor from credit_account where id = @AccountId", new { app.AccountId }));
        Assert.Equal(0, await Ledger.AskAsync<long>("select spent_minor from credit_account where id = @id", new { id = other.AccountOf(card) }));
    }

    private Task<long> SpentAsync(Instrument instrument) => Ledger.AskAsync<long>(
        "select spent_minor from credit_account where id = @id", new { id = Operator.AccountOf(instrument) });
}
