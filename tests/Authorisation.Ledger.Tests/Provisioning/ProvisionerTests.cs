using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Tests.Support;
using Authorisation.Provisioning;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Provisioning;

public sealed class ProvisionerTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task A_card_has_one_open_credit_at_an_operator_and_another_at_another()
    {
        var card = await Operator.AddCardAsync();
        var other = await TestOperator.CreateAsync(Ledger);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Operator.AddCardAsync(card.CardNumber!, 1_000));
        await other.AddCardAsync(card.CardNumber!, 1_000);

        Assert.Equal("credit_account_open_card", refusal.ConstraintName);
    }

    [Fact]
    public async Task A_limit_below_1_krona_is_refused()
    {
        var card = await Operator.AddCardAsync(Limits.CreditLimitMinorMin);

        await Assert.ThrowsAsync<PostgresException>(
            () => Ledger.Provisioner.SetLimitAsync(Operator.AccountOf(card), Limits.CreditLimitMinorMin - 1));
    }

    [Fact]
    public async Task An_operator_that_exists_is_found_by_its_code()
    {
        var add = new NewOperator(
            Operator.Terms.Code, "Another name", "SEK", "Europe/Stockholm", true, PurposeRule.Required, 600, TimeSpan.FromMinutes(30));

        Assert.Equal(Operator.Terms.Id, await Ledger.Provisioner.AddOperatorAsync(add));
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("block")]
    [InlineData("rules")]
    [InlineData("removal")]
    [InlineData("suspension")]
    [InlineData("tickets")]
    public async Task Every_change_that_a_decision_looks_at_raises_the_version_of_the_account_or_of_its_organisation(string change)
    {
        var card = await Operator.AddCardAsync();
        var id = Operator.AccountOf(card);
        var before = await VersionAsync(id);

        await ChangeAsync(change, card);

        Assert.True(await VersionAsync(id) > before, "a snapshot from before the change would pass for the account as it is");
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("block")]
    [InlineData("rules")]
    [InlineData("removal")]
    [InlineData("tickets")]
    public async Task Every_change_of_an_account_waits_for_a_purchase_that_is_being_decided(string change)
    {
        var card = await Operator.AddCardAsync();
        await using var database = Ledger.Connect(Operator.Terms.Code);
        await using var lane = new LaneConnection(database);
        var laneStatements = new UnderLockStatements(lane);
        var batch = new Batch([new CommitItem(Operator.Buy(card), Operator.Terms)]);
        // Connected first, for the change and for the look: the transaction is ended if it stands still for long.
        await using (await Ledger.Owner.OpenConnectionAsync())
        {
            await IsWaitedForAsync();
        }

        await laneStatements.BeginAsync(batch, skipLocked: false);
        var outcome = Decide.Authorise(batch.Items[0].Purchase!, seen: null, batch.Accounts[0].Row, Operator.Terms, batch.Now);

        var changing = ChangeAsync(change, card);
        await Eventually.TrueAsync(
            async () => changing.IsCompleted || await IsWaitedForAsync(),
            Eventually.Bound, "the change waits for the lane");

        // Decided before the change, so it must be committed before the administrator is told that the change holds.
        Assert.False(changing.IsCompleted);
        batch.Accounts[0].Apply(outcome, batch.Now, Operator.Terms.TimeZone);
        await laneStatements.WriteAsync([outcome.Entry!], [], batch.Accounts);
        await changing;
        var next = await NewLane().CommitAsync(Operator.Terms, Operator.Buy(card));
        Assert.Equal(Decision.Declined, next[0].Entry!.Decision);
    }

    /// <summary>Whether somebody waits for a session with the operator's code as its name.</summary>
    private Task<bool> IsWaitedForAsync() => Ledger.AskAsync<bool>(
        """
        select exists (
          select from pg_stat_activity lane, pg_stat_activity change
          where lane.application_name = @Code and lane.pid = any (pg_blocking_pids(change.pid)))
        """,
        new { Operator.Terms.Code });

    private Task ChangeAsync(string change, Instrument card)
    {
        var id = Operator.AccountOf(card);
        var provisioner = Ledger.Provisioner;
        return change switch
        {
            "limit" => provisioner.SetLimitAsync(id, 100),
            "block" => provisioner.SetBlockedAsync(id, blocked: true),
            "rules" => provisioner.SetRulesAsync(id, [], maxPurchaseMinor: 1),
            "removal" => provisioner.RemoveCreditAsync(id),
            "suspension" => provisioner.SetSuspendedAsync(Operator.OrganisationId, suspended: true),
            "tickets" => provisioner.AddPrepaidCardAsync(Operator.Terms.Id, card.CardNumber!),
            _ => throw new ArgumentException(change, nameof(change)),
        };
    }

    private Task<long> VersionAsync(Guid id) =>
        Ledger.AskAsync<long>(
            """
            select a.version + g.version
            from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id join organisation g on g.id = p.organisation_id
            where a.id = @id
            """,
            new { id });
}
