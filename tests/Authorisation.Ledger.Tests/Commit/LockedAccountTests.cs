using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>An account that an open psql session keeps locked.</summary>
[Trait("Tier", "Slow")]
public sealed class LockedAccountTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task Neighbours_proceed_and_the_locked_one_gets_its_decision_when_the_lock_is_released()
    {
        var node = NewNode(lanes: 1);
        var locked = await Operator.AddCardAsync();
        var free = await Operator.AddCardAsync(1_000_000);
        await node.AuthoriseAsync(Operator.Buy(free), Operator.Terms);
        await using var psql = await LockAsync(locked);
        var began = Stopwatch.GetTimestamp();

        var waiting = node.AuthoriseAsync(Operator.Buy(locked), Operator.Terms);
        var neighbours = Enumerable.Range(0, 50).Select(_ => node.AuthoriseAsync(Operator.Buy(free), Operator.Terms)).ToList();

        Assert.All(await Task.WhenAll(neighbours), answer => Assert.Equal(CommitStatus.Decided, answer.Status));
        Assert.True(Stopwatch.GetElapsedTime(began) < Limits.SetAsideTime, "the neighbours waited for the lock");
        Assert.False(waiting.IsCompleted);
        await psql.CloseAsync();
        Assert.Equal(CommitStatus.Decided, (await waiting).Status);
        Assert.True(Stopwatch.GetElapsedTime(began) < Limits.SetAsideTime, "the decision waited longer than the lock was held");
    }

    [Fact]
    public async Task A_lock_that_stays_gives_the_purchase_back_undecided_and_a_retry_afterwards_is_decided()
    {
        var node = NewNode();
        var locked = await Operator.AddCardAsync();
        var purchase = Operator.Buy(locked);
        await using var psql = await LockAsync(locked);
        var began = Stopwatch.GetTimestamp();

        var answer = await node.AuthoriseAsync(purchase, Operator.Terms);

        var elapsed = Stopwatch.GetElapsedTime(began);
        Assert.Equal(CommitStatus.AccountLocked, answer.Status);
        Assert.True(answer.IsRetryable);
        Assert.InRange(elapsed, Limits.SetAsideTime, 3 * Limits.SetAsideTime);
        await psql.CloseAsync();
        Assert.Equal(CommitStatus.Decided, (await node.AuthoriseAsync(purchase, Operator.Terms)).Status);
    }

    [Fact]
    public async Task More_purchases_on_a_locked_account_do_not_stall_the_lane_again()
    {
        var node = NewNode(lanes: 1);
        var locked = await Operator.AddCardAsync(1_000_000);
        var free = await Operator.AddCardAsync(1_000_000);
        await using var psql = await LockAsync(locked);
        var waiting = new List<Task<CommitResult>> { node.AuthoriseAsync(Operator.Buy(locked), Operator.Terms) };
        await node.AuthoriseAsync(Operator.Buy(free), Operator.Terms);
        var began = Stopwatch.GetTimestamp();

        // Were each of them to cost a lock timeout, this would take 25 of them.
        for (var i = 0; i < 25; i++)
        {
            waiting.Add(node.AuthoriseAsync(Operator.Buy(locked), Operator.Terms));
            Assert.Equal(CommitStatus.Decided, (await node.AuthoriseAsync(Operator.Buy(free), Operator.Terms)).Status);
        }

        Assert.True(Stopwatch.GetElapsedTime(began) < 25 * Limits.LockTimeout, "the lane waited for the lock again and again");
        await psql.CloseAsync();
        // On a slow machine the lock outlasts the time for which it is waited for.
        Assert.All(
            await Task.WhenAll(waiting),
            answer => Assert.True(answer.Status is CommitStatus.Decided or CommitStatus.AccountLocked, $"{answer}"));
    }

    [Fact]
    public async Task What_was_set_aside_is_decided_in_the_order_it_came_and_one_too_many_is_given_back_at_once()
    {
        const int tooMany = 20;
        var node = NewNode(lanes: 1);
        var locked = await Operator.AddCardAsync(100_000_000);
        await using var psql = await LockAsync(locked);
        var began = Stopwatch.GetTimestamp();

        // One client alone has a third of the places.
        var waiting = Enumerable.Range(0, ((Limits.SetAsideItemsMax + 2) / 3) + tooMany)
            .Select(_ => node.AuthoriseAsync(Operator.Buy(locked, 100), Operator.Terms)).ToList();
        await Eventually.TrueAsync(
            () => waiting.Count(answer => answer.IsCompleted) >= tooMany, Eventually.Bound, "what is too many is given back");
        await psql.CloseAsync();
        var answers = await Task.WhenAll(waiting);

        var decided = answers.Where(answer => answer.Status == CommitStatus.Decided).Select(answer => answer.Credit!.Value.SpentMinor).ToList();
        var givenBack = answers.Count(answer => answer.Status == CommitStatus.AccountLocked);
        // On a slow machine others are given back too, because the lock outlasts the time for which it is waited for.
        Assert.InRange(givenBack, tooMany, Stopwatch.GetElapsedTime(began) < Limits.SetAsideTime ? tooMany : answers.Length);
        Assert.Equal(Enumerable.Range(1, answers.Length - givenBack).Select(i => 100L * i), decided);
    }

    [Fact]
    public async Task Purchases_that_join_those_set_aside_are_decided_after_them()
    {
        var node = NewNode(lanes: 1);
        var locked = await Operator.AddCardAsync(100_000_000);
        await using var psql = await LockAsync(locked);
        var waiting = new List<Task<CommitResult>>();
        var until = Stopwatch.GetTimestamp();

        // For many rounds of trying again, so that some join in the middle of one.
        while (Stopwatch.GetElapsedTime(until) < 4 * Limits.LockTimeout && waiting.Count < Limits.SetAsideItemsMax / 3)
        {
            waiting.Add(node.AuthoriseAsync(Operator.Buy(locked, 100), Operator.Terms));
            await Task.Delay(1);
        }

        await psql.CloseAsync();
        // On a slow machine some are given back, because the lock outlasts the time for which it is waited for.
        var spent = (await Task.WhenAll(waiting)).Where(answer => answer.Status != CommitStatus.AccountLocked)
            .Select(answer => answer.Credit!.Value.SpentMinor).ToList();

        Assert.Equal(spent.Order(), spent);
    }

    [Fact]
    public async Task An_id_that_somebody_keeps_uncommitted_holds_up_its_own_purchase_only()
    {
        var lane = NewLane();
        var card = await Operator.AddCardAsync(1_000_000);
        var purchases = Enumerable.Range(0, 16).Select(_ => Operator.Buy(card)).ToArray();
        await using var psql = await Ledger.OpenSessionAsync();
        await psql.ExecuteAsync("begin transaction");
        await psql.ExecuteAsync(
            """
            insert into authorisation (id, operator_id, decision, decline_reason, amount_minor, hold, credit_month,
              invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, card_number)
            values (@Id, 0, 2, 20, 1, false, 202601, 202601, now(), 600, 'S', false, '123456')
            """,
            new { purchases[5].Id });

        var answers = await lane.CommitAsync(Operator.Terms, skipLocked: false, purchases);

        Assert.Equal(purchases[5].Id, Assert.Single(lane.SetAside).Command.AuthorisationId);
        Assert.All(answers.Where((_, i) => i != 5), answer => Assert.Equal(CommitStatus.Decided, answer!.Status));
        await psql.ExecuteAsync("rollback transaction");
        Assert.Equal(CommitStatus.Decided, (await lane.CommitAsync(Operator.Terms, purchases[5]))[0].Status);
    }
}
