using Authorisation.Core;
using Authorisation.Ledger.Tests.Support;
using Authorisation.Provisioning;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Cards;

/// <summary>Which changes of accounts leave a row for the sequencer, and which do not.</summary>
public sealed class NotedCardsTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const string Purchase = "spent_minor = spent_minor + 1000, version = version + 1";

    [Theory]
    [InlineData(Purchase, 0)]
    [InlineData(Purchase + ", month = 202612, held_minor = 1000", 0)]
    [InlineData("spent_minor = spent_minor - 1000, held_minor = held_minor - 1000, version = version + 1", 0)]
    [InlineData("spent_minor = limit_minor - 1, version = version + 1", 0)]
    [InlineData("spent_minor = limit_minor, version = version + 1", 1)]
    [InlineData("spent_minor = limit_minor + 1, version = version + 1", 1)]
    [InlineData("version = version + 1", 1)]
    [InlineData("blocked_at = now()", 1)]
    [InlineData("limit_minor = 100", 1)]
    [InlineData(Purchase + ", blocked_at = now()", 1)]
    [InlineData(Purchase + ", removed_at = now()", 1)]
    [InlineData(Purchase + ", card_number = card_number || '1'", 2)]
    [InlineData(Purchase + ", kind = 2, card_number = null", 1)]
    public async Task A_card_is_noted_when_its_standing_can_have_changed(string change, int rows)
    {
        var card = await SpentInNovemberAsync(5_000);

        await ChangeAsync(card, change);

        Assert.Equal(rows, await NotedAsync());
    }

    [Theory]
    [InlineData(Purchase, 0)]
    [InlineData("spent_minor = 1000, month = 202612, version = version + 1", 1)]
    [InlineData("spent_minor = limit_minor, month = 202612, version = version + 1", 1)]
    [InlineData("spent_minor = limit_minor - 1, version = version + 1", 1)]
    public async Task A_spent_card_is_noted_when_that_ends_or_moves_to_another_month(string change, int rows)
    {
        var card = await SpentInNovemberAsync(50_000);

        await ChangeAsync(card, change);

        Assert.Equal(rows, await NotedAsync());
    }

    [Fact]
    public async Task Apps_are_never_noted_and_cards_are_when_they_are_given()
    {
        var app = await Operator.AddAppAsync(50_000);
        await ChangeAsync(app, "spent_minor = limit_minor");
        await ChangeAsync(app, "blocked_at = now()");
        Assert.Equal(0, await NotedAsync());

        await Operator.AddCardAsync();
        Assert.Equal(1, await NotedAsync());
    }

    [Fact]
    public async Task Purchases_through_a_server_note_the_card_once_when_it_is_spent_on_either_way()
    {
        var card = await Operator.AddCardAsync(10_000);
        await ForgetNotedAsync();
        var node = NewNode();
        for (var i = 0; i < 9; i++)
        {
            await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        }

        Assert.Equal(0, await NotedAsync());
        await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);
        Assert.Equal(1, await NotedAsync());

        var held = await Operator.AddCardAsync(1_000);
        await ForgetNotedAsync();
        await node.AuthoriseAsync(Operator.Buy(held) with { Hold = true }, Operator.Terms);
        Assert.Equal(1, await NotedAsync());
    }

    [Fact]
    public async Task A_server_of_the_release_before_which_has_no_right_to_the_table_can_still_spend_a_card()
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        var card = await oper.AddCardAsync(1_000);
        await ledger.ExecuteAsync($"revoke all on card_change from {TestLedger.ServiceRole}");

        var result = await NewNode(ledger).AuthoriseAsync(oper.Buy(card), oper.Terms);

        Assert.Equal(Core.Decision.Approved, result.Entry!.Decision);
        Assert.Equal(2, await ledger.AskAsync<long>("select count(*) from card_change"));
    }

    [Fact]
    public async Task A_suspension_notes_the_organisation_alone_and_its_cards_come_page_by_page()
    {
        // No card is on these, as after many changes of a name.
        await Ledger.ExecuteAsync(
            """
            insert into billing_snapshot (
              organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference)
            select p.organisation_id, p.organisation_name, p.department_id, p.department_name, p.traveller_id, p.traveller_name,
                   'Ref ' || i
            from billing_snapshot p, generate_series(1, 50) i
            where p.organisation_id = @OrganisationId
            """,
            new { Operator.OrganisationId });
        for (var i = 0; i < 5; i++)
        {
            var billingSnapshot = await Ledger.Provisioner.AddTravellerAsync(Operator.DepartmentId, $"Nr {i}", "");
            await Ledger.Provisioner.AddCreditAsync(new NewCredit(Operator.Terms.Id, billingSnapshot, TestOperator.NewCardNumber(), 50_000));
        }

        await ForgetNotedAsync();
        await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, true);
        Assert.Equal(0, await NotedAsync());

        var noted = new List<long>();
        while (await Ledger.AskAsync<bool>("select note_changed_organisation(@Id, 2)", new { Operator.Terms.Id }))
        {
            noted.Add(await NotedAsync());
        }

        Assert.Equal([0, 2, 4, 5], noted.Distinct());
        Assert.Equal(0, await Ledger.AskAsync<long>(
            "select count(*) from organisation_change where operator_id = @Id", new { Operator.Terms.Id }));
    }

    [Fact]
    public async Task An_organisation_that_is_suspended_again_and_again_is_gone_through_once()
    {
        await Operator.AddCardAsync(50_000);
        await ForgetNotedAsync();
        for (var i = 0; i < 10; i++)
        {
            await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, i % 2 == 0);
        }

        Assert.True(await Ledger.AskAsync<bool>("select note_changed_organisation(@Id, 100)", new { Operator.Terms.Id }));
        Assert.Equal(1, await NotedAsync());
        Assert.False(await Ledger.AskAsync<bool>("select note_changed_organisation(@Id, 100)", new { Operator.Terms.Id }));
    }

    private async Task<Instrument> SpentInNovemberAsync(long spent)
    {
        var card = await Operator.AddCardAsync(50_000);
        await ChangeAsync(card, $"spent_minor = {spent}, held_minor = 1000, month = 202611");
        await ForgetNotedAsync();
        return card;
    }

    private Task ChangeAsync(Instrument card, string change) =>
        Ledger.ExecuteAsync($"update credit_account set {change} where id = @id", new { id = Operator.AccountOf(card) });

    private Task ForgetNotedAsync() =>
        Ledger.ExecuteAsync("delete from card_change where operator_id = @Id", new { Operator.Terms.Id });

    private Task<long> NotedAsync() =>
        Ledger.AskAsync<long>("select count(*) from card_change where operator_id = @Id", new { Operator.Terms.Id });
}
