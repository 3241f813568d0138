using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Xunit;

namespace Authorisation.Server.Tests.Credits;

/// <summary>Credit tells whether what remains can be spent, from the ledger and from the copy in Redis.</summary>
public sealed class UsableTests(SharedWire wire) : WireTest(wire)
{
    public static TheoryData<string, DeclineReason> States => new()
    {
        { "blocked", DeclineReason.Blocked },
        { "suspended", DeclineReason.OrganisationSuspended },
        { "with tickets", DeclineReason.CardHasTickets },
        { "no card credit here", DeclineReason.CardCreditNotOffered },
        { "no ticket type", DeclineReason.ProductNotAllowed },
    };

    [Theory]
    [MemberData(nameof(States))]
    public async Task What_every_purchase_is_declined_for_is_told_with_the_credit(string state, DeclineReason reason)
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(100_000);
        var before = await on.Validator.GetCreditAsync(card);
        var account = on.AccountOf(card);
        await Ledger.ExecuteAsync(
            state switch
            {
                "blocked" => "update credit_account set blocked_at = ledger_now() where id = @account",
                "suspended" => "update organisation set suspended_at = ledger_now() where id = @OrganisationId",
                "with tickets" => "insert into prepaid_card (operator_id, card_number) values (@Id, @CardNumber)",
                "no card credit here" => "update operator set offers_card_credit = false where id = @Id",
                _ => """
                    insert into purchase_rule (id, organisation_id, account_id, products)
                    select a.id, p.organisation_id, a.id, '{}' from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
                    where a.id = @account
                    """,
            },
            new { account, on.OrganisationId, on.Terms.Id, card.CardNumber });

        // A copy may be some seconds old.
        await Eventually.TrueAsync(async () => !(await on.Validator.GetCreditAsync(card)).Usable, Eventually.Bound, "it is not usable");
        var purchase = await on.Validator.AuthoriseAsync(on.Buy(card, 1));
        // The decision has put its copy into Redis, which answers now.
        var after = await on.Validator.GetCreditAsync(card);

        Assert.Equal((true, DeclineReason.Unspecified, 100_000), (before.Usable, before.DeclineReason, before.RemainingMinor));
        Assert.Equal((false, reason, 100_000), (after.Usable, after.DeclineReason, after.RemainingMinor));
        // What may be bought is in the answer of GetCredit alone.
        Assert.Equal(state == "no ticket type", after.Rules is not null);
        after.Rules = null;
        Assert.Equal(after, purchase.Credit);
        Assert.Equal(reason, purchase.DeclineReason);
    }

    [Fact]
    public async Task App_credit_that_awaits_its_activation_is_not_usable()
    {
        var on = await NewOperatorAsync();
        var app = await on.AddAppAsync(isActivated: false);
        var backEnd = await on.AddClientAsync(Core.ClientKind.AppBackEnd);

        var credit = await backEnd.GetCreditAsync(app);

        Assert.Equal((false, DeclineReason.NotActivated), (credit.Usable, credit.DeclineReason));
    }
}
