using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>
/// Whatever a decision looks at is changed by plain SQL, as from psql, while a lane has a copy from before it. The next
/// decision is by the new state.
/// </summary>
public sealed partial class ChangedAccountTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private const long Amount = 20_000;
    private const string Nothing = "select null";

    private static readonly Dictionary<string, Change> Changes = new(StringComparer.Ordinal)
    {
        ["limit raised"] = new(
            "update credit_account set limit_minor = 19999 where id = @account", DeclineReason.InsufficientCredit,
            "update credit_account set limit_minor = 20000 where id = @account", DeclineReason.None),
        ["limit lowered"] = new(
            Nothing, DeclineReason.None,
            "update credit_account set limit_minor = 19999 where id = @account", DeclineReason.InsufficientCredit),
        ["spent by somebody else"] = new(
            Nothing, DeclineReason.None,
            "update credit_account set month = @month, spent_minor = 30001 where id = @account", DeclineReason.InsufficientCredit),
        ["spent taken back"] = new(
            "update credit_account set month = @month, spent_minor = 30001 where id = @account", DeclineReason.InsufficientCredit,
            "update credit_account set spent_minor = 30000 where id = @account", DeclineReason.None),
        ["blocked"] = new(
            Nothing, DeclineReason.None,
            "update credit_account set blocked_at = now() where id = @account", DeclineReason.Blocked),
        ["unblocked"] = new(
            "update credit_account set blocked_at = now() where id = @account", DeclineReason.Blocked,
            "update credit_account set blocked_at = null where id = @account", DeclineReason.None),
        ["removed"] = new(
            Nothing, DeclineReason.None,
            "update credit_account set removed_at = now() where id = @account", DeclineReason.CreditRemoved),
        ["removed and given again"] = new(
            "update credit_account set blocked_at = now() where id = @account", DeclineReason.Blocked,
            """
            update credit_account set removed_at = now() where id = @account;
            insert into credit_account (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor)
            select gen_random_uuid(), operator_id, kind, card_number, billing_snapshot_id, limit_minor
            from credit_account where id = @account
            """, DeclineReason.None, InstrumentKind.Card),
        ["number given to another account"] = new(
            Nothing, DeclineReason.None,
            "update credit_account set card_number = reverse(card_number) where id = @account", DeclineReason.UnknownInstrument, InstrumentKind.Card),
        ["products allowed"] = new(
            AccountRule + "'{single}', null)", DeclineReason.ProductNotAllowed,
            AccountRule + "'{single,day}', null)", DeclineReason.None),
        ["products disallowed"] = new(
            AccountRule + "'{single,day}', null)", DeclineReason.None,
            AccountRule + "'{single}', null)", DeclineReason.ProductNotAllowed),
        ["most for one purchase lowered"] = new(
            AccountRule + "null, 20000)", DeclineReason.None,
            AccountRule + "null, 19999)", DeclineReason.AmountOverRule),
        ["most for one purchase raised"] = new(
            AccountRule + "null, 19999)", DeclineReason.AmountOverRule,
            "delete from purchase_rule where account_id = @account", DeclineReason.None),
        ["organisation suspended"] = new(
            Nothing, DeclineReason.None,
            "update organisation set suspended_at = now() where id = @organisation", DeclineReason.OrganisationSuspended,
            IsOfAll: true),
        ["organisation reinstated"] = new(
            "update organisation set suspended_at = now() where id = @organisation", DeclineReason.OrganisationSuspended,
            "update organisation set suspended_at = null where id = @organisation", DeclineReason.None, IsOfAll: true),
        ["moved to a suspended organisation"] = new(
            OtherBillingSnapshot + "update organisation set suspended_at = now() where id = md5(@account::text)::uuid", DeclineReason.None,
            "update credit_account set billing_snapshot_id = (select id from billing_snapshot where organisation_id = md5(@account::text)::uuid) where id = @account",
            DeclineReason.OrganisationSuspended),
        ["billingSnapshot given to a suspended organisation"] = new(
            OtherBillingSnapshot + "update organisation set suspended_at = now() where id = md5(@account::text)::uuid", DeclineReason.None,
            "update billing_snapshot set organisation_id = md5(@account::text)::uuid where organisation_id = @organisation",
            DeclineReason.OrganisationSuspended),
        ["card credit turned off"] = new(
            Nothing, DeclineReason.None,
            "update operator set offers_card_credit = false where id = @oper", DeclineReason.CardCreditNotOffered, InstrumentKind.Card,
            IsOfAll: true),
        ["card credit turned on"] = new(
            "update operator set offers_card_credit = false where id = @oper", DeclineReason.CardCreditNotOffered,
            "update operator set offers_card_credit = true where id = @oper", DeclineReason.None, InstrumentKind.Card, IsOfAll: true),
        ["card marked prepaid"] = new(
            Nothing, DeclineReason.None,
            "insert into prepaid_card (operator_id, card_number) values (@oper, @card)", DeclineReason.CardHasTickets, InstrumentKind.Card),
        ["card unmarked"] = new(
            "insert into prepaid_card (operator_id, card_number) values (@oper, @card)", DeclineReason.CardHasTickets,
            "delete from prepaid_card where operator_id = @oper and card_number = @card", DeclineReason.None, InstrumentKind.Card),
        ["mark moved to the card"] = new(
            "insert into prepaid_card (operator_id, card_number) values (@oper, reverse(@card))", DeclineReason.None,
            "update prepaid_card set card_number = @card where operator_id = @oper", DeclineReason.CardHasTickets, InstrumentKind.Card),
        ["mark moved from the card"] = new(
            "insert into prepaid_card (operator_id, card_number) values (@oper, @card)", DeclineReason.CardHasTickets,
            "update prepaid_card set card_number = reverse(@card) where operator_id = @oper", DeclineReason.None, InstrumentKind.Card),
        ["activated"] = new(
            "update credit_account set activated_at = null where id = @account", DeclineReason.NotActivated,
            "update credit_account set activated_at = now() where id = @account", DeclineReason.None, InstrumentKind.App),
        ["activation ended"] = new(
            Nothing, DeclineReason.None,
            "update credit_account set activated_at = null where id = @account", DeclineReason.NotActivated, InstrumentKind.App),
    };

    private const string AccountRule = """
        delete from purchase_rule where account_id = @account;
        insert into purchase_rule (id, organisation_id, account_id, products, max_purchase_minor)
        values (gen_random_uuid(), @organisation, @account,
        """;

    private const string OtherBillingSnapshot = """
        insert into organisation (id, operator_id, name)
        select md5(@account::text)::uuid, operator_id, 'Another' from organisation where id = @organisation;
        insert into billing_snapshot (organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference)
        select md5(@account::text)::uuid, 'Another', department_id, department_name, traveller_id, traveller_name, billing_reference
        from billing_snapshot where organisation_id = @organisation;

        """;

    public static TheoryData<string> Names => [.. Changes.Keys, .. RuleChanges.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_lane_that_remembers_the_old_state_or_is_told_it_decides_by_the_new(string name)
    {
        foreach (var (oper, instrument, change) in await CasesAsync(name))
        {
            var lane = await BeginAsync(oper, instrument, change);
            var old = lane.Memory.Find(instrument)!;
            await Ledger.ExecuteAsync(change.Then, Arguments(oper, instrument));

            // Of a change of all accounts the lane hears with the first of them, which goes under lock; then copies from before
            // it are as good as none.
            var remembered = change.IsOfAll
                ? await lane.CommitOneAsync(Buy(oper, instrument), oper.Terms)
                : await CommitOnOldCopyAsync(lane, oper, instrument);
            lane.Plant(old);
            // Half of it is left, so a purchase that was approved is approved again.
            var told = change.IsOfAll
                ? await lane.CommitOneAsync(Buy(oper, instrument), oper.Terms)
                : await CommitOnOldCopyAsync(lane, oper, instrument);
            var again = await lane.CommitOneAsync(Buy(oper, instrument) with { AmountMinor = 1 }, oper.Terms);

            Assert.Equal(change.ReasonThen, remembered.Answer.Entry!.DeclineReason);
            Assert.Equal(
                name is "limit raised" or "spent taken back" ? DeclineReason.InsufficientCredit : change.ReasonThen,
                told.Answer.Entry!.DeclineReason);
            var tellsByCopy = change.ReasonThen is not (DeclineReason.CreditRemoved or DeclineReason.UnknownInstrument);
            Assert.Equal(
                (tellsByCopy && !change.IsOfAll, tellsByCopy, tellsByCopy), (remembered.IsBySnapshot, told.IsBySnapshot, again.IsBySnapshot));
            await AssertAddsUpAsync(oper, instrument);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_approval_waits_for_a_change_of_the_account_whose_transaction_is_open_and_nothing_waits_for_one_of_the_organisation(string name)
    {
        foreach (var (oper, instrument, change) in await CasesAsync(name))
        {
            var node = NewNode(lanes: 1, name: oper.Terms.Code);
            await Ledger.ExecuteAsync(change.First, Arguments(oper, instrument));
            var first = await node.AuthoriseAsync(Buy(oper, instrument) with { AmountMinor = Limits.AmountMinorMax }, oper.Terms);
            Assert.Equal(Decision.Declined, first.Entry!.Decision);
            await using var psql = await BeginAsync(change.Then, Arguments(oper, instrument));

            var waiting = node.AuthoriseUntilSettledAsync(Buy(oper, instrument), oper.Terms);
            if (change is { ReasonFirst: DeclineReason.None, IsOfAll: false })
            {
                await UntilBlockedOrSetAsideAsync(oper.Terms.Code);
                Assert.False(waiting.IsCompleted);
            }
            else
            {
                Assert.Equal(change.ReasonFirst, (await waiting).Entry!.DeclineReason);
            }

            await psql.ExecuteAsync("commit transaction");
            if (change.IsOfAll || change.ReasonFirst != DeclineReason.None)
            {
                waiting = node.AuthoriseUntilSettledAsync(Buy(oper, instrument), oper.Terms);
            }

            Assert.Equal(change.ReasonThen, (await waiting).Entry!.DeclineReason);
            await AssertAddsUpAsync(oper, instrument);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_change_that_is_rolled_back_changes_nothing(string name)
    {
        foreach (var (oper, instrument, change) in await CasesAsync(name))
        {
            var lane = await BeginAsync(oper, instrument, change);
            await using (var psql = await BeginAsync(change.Then, Arguments(oper, instrument)))
            {
                await psql.ExecuteAsync("rollback transaction");
            }

            var (answer, bySnapshot) = await lane.CommitOneAsync(Buy(oper, instrument), oper.Terms);

            Assert.True(bySnapshot);
            Assert.Equal(change.ReasonFirst, answer.Entry!.DeclineReason);
        }
    }

    [Fact]
    public async Task A_new_billing_snapshot_is_stored_with_the_next_purchase_approved_or_declined()
    {
        var card = await Operator.AddCardAsync();
        var lane = await NewWarmLaneAsync(card);
        foreach (var amount in new[] { 100, Limits.AmountMinorMax })
        {
            var moved = await Ledger.Provisioner.AddTravellerAsync(Operator.DepartmentId, "Bo", "bo@example.org");
            await Ledger.ExecuteAsync(
                "update credit_account set billing_snapshot_id = @moved where id = @id", new { moved, id = Operator.AccountOf(card) });

            var item = await lane.CommitInVainAsync(Operator.Buy(card, amount), Operator.Terms);
            var answer = Assert.IsType<CommitResult>((await lane.CommitAsync(item))[0]);

            Assert.Equal(moved, answer.Entry!.BillingSnapshotId!.Value);
        }
    }

    [Theory]
    [InlineData("update organisation set name = 'Renamed' where id = @organisation", "Renamed Verkstad KST 4711 -")]
    [InlineData("update department set name = 'Renamed' where organisation_id = @organisation", "Åkeri & Söner AB Renamed KST 4711 -")]
    [InlineData("update department set billing_reference = '4712' where organisation_id = @organisation", "Åkeri & Söner AB Verkstad 4712 -")]
    [InlineData("update department set cost_centre = '31' where organisation_id = @organisation", "Åkeri & Söner AB Verkstad KST 4711 31")]
    public async Task What_a_purchase_is_invoiced_with_is_what_organisation_and_department_say_when_it_is_decided(
        string change, string expected)
    {
        var (card, app) = (await Operator.AddCardAsync(), await Operator.AddAppAsync());
        var lane = await NewWarmLaneAsync(card, app);
        var before = await InvoicedAsync(lane, card, app);
        var said = await SaidAsync(before);
        await using var psql = await BeginAsync(change, Arguments(Operator, card));

        var during = await InvoicedAsync(lane, card, app);
        await psql.ExecuteAsync("commit transaction");
        var first = await InvoicedAsync(lane, card, app);
        var committed = lane.Committed;
        var second = await InvoicedAsync(lane, card, app);
        var anothers = await InvoicedAsync(NewSnapshotLane(), card, app);

        Assert.Equal(before, during);
        Assert.Equal([expected, expected], await SaidAsync(first));
        Assert.Equal((first, first, committed + 2), (second, anothers, lane.Committed));
        // What was bought before keeps what it had.
        Assert.Equal(said, await SaidAsync(before));
    }

    [Fact]
    public async Task A_suspension_that_is_answered_while_a_purchase_waits_for_its_account_holds_for_it()
    {
        var card = await Operator.AddCardAsync();
        var lane = NewSnapshotLane(name: card.CardNumber);
        await WarmAsync(lane, Operator, card);
        var watch = await OpenWatchAsync();
        await using var other = await BeginAsync(
            "select from credit_account where id = @id for update", new { id = Operator.AccountOf(card) });

        var waiting = lane.CommitAsync(new CommitItem(Operator.Buy(card), Operator.Terms));
        await WaitUntilBlockedAsync(watch, card.CardNumber!, waiting);
        await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, true);
        await other.ExecuteAsync("commit transaction");

        // On a machine so busy that it did not wait any more, the test's lane has set it aside.
        var answer = (await waiting)[0] ?? (await lane.CommitOneAsync(Operator.Buy(card), Operator.Terms)).Answer;
        Assert.Equal(DeclineReason.OrganisationSuspended, answer.Entry!.DeclineReason);
    }

    // The billing snapshot of a purchase on either.
    private async Task<(long Card, long App)> InvoicedAsync(SnapshotLane lane, Instrument card, Instrument app)
    {
        var answers = await lane.CommitAsync(Operator.Terms, Operator.Buy(card), Operator.Buy(app));
        return (answers[0].Entry!.BillingSnapshotId!.Value, answers[1].Entry!.BillingSnapshotId!.Value);
    }

    private async Task<string[]> SaidAsync((long Card, long App) billingSnapshot) => await Ledger.AskAsync<string[]>(
        """
        select array_agg(concat_ws(' ', organisation_name, department_name, billing_reference, coalesce(cost_centre, '-')))
        from unnest(array[@Card, @App]) i(id) join billing_snapshot p on p.id = i.id
        """,
        new { billingSnapshot.Card, billingSnapshot.App });

    /// <summary>Commits on a copy that decides nothing, and then tells by which way the purchase was decided after all.</summary>
    private static async Task<(CommitResult Answer, bool IsBySnapshot)> CommitOnOldCopyAsync(
        SnapshotLane lane, TestOperator oper, Instrument instrument)
    {
        var before = lane.Committed;
        var item = await lane.CommitInVainAsync(Buy(oper, instrument), oper.Terms);
        return (Assert.IsType<CommitResult>((await lane.CommitAsync(item))[0]), lane.Committed > before);
    }

    private static Purchase Buy(TestOperator oper, Instrument instrument) =>
        oper.Buy(instrument, Amount) with { Product = "day" };

    private static object Arguments(TestOperator oper, Instrument instrument) => new
    {
        account = oper.AccountOf(instrument),
        organisation = oper.OrganisationId,
        oper = oper.Terms.Id,
        card = instrument.CardNumber,
        month = CreditMonth.Of(DateTimeOffset.UtcNow, oper.Terms.TimeZone).Number,
    };

    private async Task<List<(TestOperator Operator, Instrument Instrument, Change Change)>> CasesAsync(string name)
    {
        var cases = new List<(TestOperator, Instrument, Change)>();
        var change = Changes.TryGetValue(name, out var one) ? one : RuleChanges[name];
        if (change.ReasonFirst is DeclineReason.CreditNotValidToday || change.ReasonThen is DeclineReason.CreditNotValidToday or DeclineReason.TimeNotAllowed)
        {
            // Close to the end of a quarter of an hour, such purchases go under lock.
            await Eventually.TrueAsync(
                () => DateTimeOffset.UtcNow + TimeSpan.FromSeconds(20) < QuarterHour.Of(DateTimeOffset.UtcNow).Until, Eventually.ProcessBound,
                "the quarter of an hour lasts for a while");
        }

        if (change.Only is null or InstrumentKind.Card)
        {
            var oper = await TestOperator.CreateAsync(Ledger);
            cases.Add((oper, await oper.AddCardAsync(), change));
        }

        if (change.Only is null or InstrumentKind.App)
        {
            var oper = await TestOperator.CreateAsync(Ledger);
            cases.Add((oper, await oper.AddAppAsync(), change));
        }

        return cases;
    }

    private async Task<SnapshotLane> BeginAsync(TestOperator oper, Instrument instrument, Change change)
    {
        await Ledger.ExecuteAsync(change.First, Arguments(oper, instrument));
        var lane = NewSnapshotLane();
        await WarmAsync(lane, oper, instrument);
        return lane;
    }

    private async Task UntilBlockedOrSetAsideAsync(string name)
    {
        // It waits for the lock at most this often before it is set aside.
        var began = Stopwatch.GetTimestamp();
        await using var session = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);
        await Eventually.TrueAsync(
            async () => Stopwatch.GetElapsedTime(began) > 2 * Limits.LockTimeout || await session.ExecuteScalarAsync<bool>(
                "select exists (select from pg_stat_activity where application_name = @name and wait_event_type = 'Lock')",
                new { name }),
            Eventually.Bound,
            "the lane waits for a lock");
    }

    private async Task AssertAddsUpAsync(TestOperator oper, Instrument instrument)
    {
        var id = oper.AccountOf(instrument);
        var preset = await Ledger.AskAsync<long>(
            "select spent_minor - @sum from credit_account where id = @id", new { id, sum = await ApprovedSumAsync(id) });
        Assert.True(preset is 0 or 30_000 or 30_001, $"spent is {preset} more than the entries");
    }

    // IsOfAll: a change of all accounts of an organisation or operator, which is made without touching them.
    private sealed record Change(
        string First,
        DeclineReason ReasonFirst,
        string Then,
        DeclineReason ReasonThen,
        InstrumentKind? Only = null,
        bool IsOfAll = false);
}
