using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Authorisation.Provisioning;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>Each reason from rows as an administrator leaves them, and lifted again where it can be.</summary>
public sealed class DeclineReasonTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public Task A_removed_credit() => DeclinesAsync(
        DeclineReason.CreditRemoved, (provisioner, account) => provisioner.RemoveCreditAsync(account));

    [Fact]
    public Task A_blocked_credit_until_the_block_is_lifted() => DeclinesAsync(
        DeclineReason.Blocked,
        (provisioner, account) => provisioner.SetBlockedAsync(account, blocked: true),
        (provisioner, account) => provisioner.SetBlockedAsync(account, blocked: false));

    [Fact]
    public Task A_suspended_organisation_until_the_suspension_is_lifted() => DeclinesAsync(
        DeclineReason.OrganisationSuspended,
        (provisioner, _) => provisioner.SetSuspendedAsync(Operator.OrganisationId, suspended: true),
        (provisioner, _) => provisioner.SetSuspendedAsync(Operator.OrganisationId, suspended: false));

    [Fact]
    public Task A_product_that_is_not_allowed_until_it_is() => DeclinesAsync(
        DeclineReason.ProductNotAllowed,
        (provisioner, account) => provisioner.SetRulesAsync(account, ["period", "SINGLE"], maxPurchaseMinor: null),
        (provisioner, account) => provisioner.SetRulesAsync(account, ["period", "single"], maxPurchaseMinor: null));

    [Fact]
    public Task No_product_at_all_when_none_is_allowed() => DeclinesAsync(
        DeclineReason.ProductNotAllowed, (provisioner, account) => provisioner.SetRulesAsync(account, [], maxPurchaseMinor: null));

    [Fact]
    public Task An_amount_over_the_rule_but_not_one_that_meets_it() => DeclinesAsync(
        DeclineReason.AmountOverRule,
        (provisioner, account) => provisioner.SetRulesAsync(account, allowedProducts: null, maxPurchaseMinor: 999),
        (provisioner, account) => provisioner.SetRulesAsync(account, allowedProducts: null, maxPurchaseMinor: 1_000));

    [Fact]
    public Task A_limit_lowered_below_the_amount_until_it_is_raised() => DeclinesAsync(
        DeclineReason.InsufficientCredit,
        (provisioner, account) => provisioner.SetLimitAsync(account, 999),
        (provisioner, account) => provisioner.SetLimitAsync(account, 1_000));

    [Fact]
    public async Task A_limit_lowered_below_what_is_spent_takes_nothing_back()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(50_000);
        await node.AuthoriseAsync(Operator.Buy(card, 30_000), Operator.Terms);
        await Ledger.Provisioner.SetLimitAsync(Operator.AccountOf(card), 10_000);

        var answer = await node.AuthoriseAsync(Operator.Buy(card, 1), Operator.Terms);

        Assert.Equal(DeclineReason.InsufficientCredit, answer.Entry!.DeclineReason);
        Assert.Equal(new Credit(10_000, 30_000, 0, answer.Entry.CreditMonth), answer.Credit);
        Assert.Equal(0, answer.Credit!.Value.RemainingMinor);
    }

    [Fact]
    public async Task A_card_that_got_prepaid_tickets()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        await Ledger.Provisioner.AddPrepaidCardAsync(Operator.Terms.Id, card.CardNumber!);

        var answer = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);

        Assert.Equal(DeclineReason.CardHasTickets, answer.Entry!.DeclineReason);
    }

    [Fact]
    public async Task A_prepaid_card_of_another_operator_is_another_card()
    {
        var node = NewNode();
        var other = await TestOperator.CreateAsync(Ledger);
        var card = await Operator.AddCardAsync();
        await Ledger.Provisioner.AddPrepaidCardAsync(other.Terms.Id, card.CardNumber!);

        var answer = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);

        Assert.Equal(Decision.Approved, answer.Entry!.Decision);
    }

    [Fact]
    public async Task Cards_when_the_operator_gives_no_card_credit_any_more_but_not_apps()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        var app = await Operator.AddAppAsync();
        await Ledger.Provisioner.SetOffersCardCreditAsync(Operator.Terms.Id, offers: false);

        // With the terms that a server still has from before.
        var declined = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        var approved = await node.AuthoriseAsync(Operator.Buy(app), Operator.Terms);

        Assert.Equal(DeclineReason.CardCreditNotOffered, declined.Entry!.DeclineReason);
        Assert.Equal(Decision.Approved, approved.Entry!.Decision);
    }

    [Fact]
    public async Task An_app_that_awaits_activation()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync(50_000, isActivated: false);

        var answer = await node.AuthoriseAsync(Operator.Buy(app), Operator.Terms);

        Assert.Equal(DeclineReason.NotActivated, answer.Entry!.DeclineReason);
    }

    [Fact]
    public async Task A_card_whose_credit_was_removed_and_given_again_uses_the_new_credit()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        var first = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        await Ledger.Provisioner.RemoveCreditAsync(Operator.AccountOf(card));
        var declined = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        await Operator.AddCardAsync(card.CardNumber!, 70_000);

        var answer = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);

        Assert.Equal(DeclineReason.CreditRemoved, declined.Entry!.DeclineReason);
        Assert.Equal(first.Entry!.AccountId, declined.Entry.AccountId);
        Assert.Equal(Decision.Approved, answer.Entry!.Decision);
        Assert.Equal(Operator.AccountOf(card), answer.Entry.AccountId);
        Assert.NotEqual(first.Entry.AccountId, answer.Entry.AccountId);
        Assert.True(answer.Snapshot!.Account.Version > declined.Snapshot!.Account.Version);
    }

    private async Task DeclinesAsync(
        DeclineReason reason, Func<Provisioner, Guid, Task> change, Func<Provisioner, Guid, Task>? lift = null)
    {
        var node = NewNode();
        foreach (var instrument in new[] { await Operator.AddCardAsync(), await Operator.AddAppAsync() })
        {
            var account = Operator.AccountOf(instrument);
            await change(Ledger.Provisioner, account);
            var purchase = Operator.Buy(instrument, 1_000) with { Product = "single" };

            var answer = await node.AuthoriseAsync(purchase, Operator.Terms);

            Assert.Equal(CommitStatus.Decided, answer.Status);
            Assert.Equal(Decision.Declined, answer.Entry!.Decision);
            Assert.Equal(reason, answer.Entry.DeclineReason);
            Assert.Equal(account, answer.Entry.AccountId);
            Assert.Equal(0, answer.Credit!.Value.SpentMinor);
            Assert.Equal(answer.Entry, await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
            if (lift is not null)
            {
                await lift(Ledger.Provisioner, account);
                answer = await node.AuthoriseAsync(purchase with { Id = Guid.NewGuid() }, Operator.Terms);
                Assert.Equal(Decision.Approved, answer.Entry!.Decision);
            }
        }
    }
}
