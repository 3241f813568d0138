using Authorisation.Core;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>
/// An account comes to be while a change that concerns it is not committed yet, and a lane takes a copy of it in
/// between: the copy must turn out to be old when the change is committed.
/// </summary>
public sealed class ChangedBehindTheCopyTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    public static TheoryData<string, string, DeclineReason> Changes => new()
    {
        { "update organisation set suspended_at = now() where id = @organisation", "given", DeclineReason.OrganisationSuspended },
        { "update organisation set suspended_at = now() where id = @organisation", "moved", DeclineReason.OrganisationSuspended },
        { "update operator set offers_card_credit = false where id = @oper", "given", DeclineReason.CardCreditNotOffered },
        { "insert into prepaid_card (operator_id, card_number) values (@oper, @card)", "given", DeclineReason.CardHasTickets },
        { "insert into prepaid_card (operator_id, card_number) values (@oper, @card)", "renumbered", DeclineReason.CardHasTickets },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_credit_that_is_given_or_moved_during_the_change_is_decided_by_it_afterwards(
        string change, string how, DeclineReason expected)
    {
        var number = TestOperator.NewCardNumber();
        var elsewhere = await TestOperator.CreateAsync(Ledger);
        var card = Instrument.Card(Operator.Terms.Id, number);
        var account = Guid.NewGuid();
        if (how != "given")
        {
            await InsertAsync(
                account,
                how == "renumbered" ? TestOperator.NewCardNumber() : number,
                how == "moved" ? elsewhere.BillingSnapshotId : Operator.BillingSnapshotId);
        }

        var lane = NewSnapshotLane();
        await lane.CommitOneAsync(Operator.Buy(Operator.UnknownCard()), Operator.Terms);
        await using var psql = await BeginAsync(
            change, new { organisation = Operator.OrganisationId, oper = Operator.Terms.Id, card = number });

        // It may wait for the change to be over. If it does not, a copy of it can be had before that.
        var giving = how switch
        {
            "given" => InsertAsync(account, number, Operator.BillingSnapshotId),
            "moved" => Ledger.ExecuteAsync(
                "update credit_account set billing_snapshot_id = @BillingSnapshotId where id = @account", new { Operator.BillingSnapshotId, account }),
            _ => Ledger.ExecuteAsync("update credit_account set card_number = @number where id = @account", new { number, account }),
        };
        await Task.WhenAny(giving, WaitUntilOwnerIsBlockedAsync());
        if (giving.IsCompleted)
        {
            await lane.CommitOneAsync(Operator.Buy(card), Operator.Terms);
        }

        await psql.ExecuteAsync("commit transaction");
        await giving.WaitAsync(Eventually.Bound);
        var (answer, _) = await lane.CommitOneAsync(Operator.Buy(card), Operator.Terms);

        Assert.Equal(expected, answer.Entry!.DeclineReason);
    }

    [Fact]
    public async Task A_change_that_comes_while_a_credit_is_being_given_holds_for_it_and_only_a_mark_waits_for_it()
    {
        var number = TestOperator.NewCardNumber();
        await using var giving = await BeginAsync(Insert, Arguments(Guid.NewGuid(), number, Operator.BillingSnapshotId));
        var mark = Ledger.Provisioner.AddPrepaidCardAsync(Operator.Terms.Id, number);
        await Task.WhenAny(mark, WaitUntilOwnerIsBlockedAsync());
        Assert.False(mark.IsCompleted);

        await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, true).WaitAsync(Eventually.Bound);
        await giving.ExecuteAsync("commit transaction");
        await mark.WaitAsync(Eventually.Bound);

        Assert.Equal(2, await Ledger.AskAsync<long>(
            "select version from credit_account where operator_id = @Id and card_number = @number", new { Operator.Terms.Id, number }));
        var (answer, _) = await NewSnapshotLane().CommitOneAsync(Operator.Buy(Instrument.Card(Operator.Terms.Id, number)), Operator.Terms);
        Assert.Equal(DeclineReason.OrganisationSuspended, answer.Entry!.DeclineReason);
    }

    private const string Insert = """
        insert into credit_account (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor)
        values (@account, @Id, 1, @number, @billingSnapshot, 50000)
        """;

    private object Arguments(Guid account, string number, long billingSnapshot) =>
        new { account, Operator.Terms.Id, number, billingSnapshot };

    private Task InsertAsync(Guid account, string number, long billingSnapshot) =>
        Ledger.ExecuteAsync(Insert, Arguments(account, number, billingSnapshot));

    private async Task WaitUntilOwnerIsBlockedAsync()
    {
        await using var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);
        await Eventually.TrueAsync(
            async () => await superuser.ExecuteScalarAsync<long>(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock' and usename = @OwnerRole
                """,
                new { TestLedger.OwnerRole }) > 0,
            Eventually.Bound,
            "the owner's session waits for a lock");
    }
}
