using System.Collections.Concurrent;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Commit.BySnapshot.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>
/// Servers with memories of their own on the same few accounts, which are changed in the middle. Every state that an
/// account was ever in is noted by a trigger, in a database of the test's own; from these states, from when the organisation
/// was suspended, and from nothing that the servers say of them, a naive model tells what was right.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class TwoServersTests(SharedLedger shared, ITestOutputHelper output) : SnapshotTest(shared, output)
{
    private const int Callers = 24;
    private const int PurchasesPerCaller = 60;

    private const string NoteStates = """
        create table state (
          place bigint generated always as identity, id uuid, version bigint, limit_minor bigint, spent_minor bigint,
          blocked boolean, noted_at timestamptz default clock_timestamp());
        create function note_state() returns trigger language plpgsql security definer as $$
        begin
          insert into state (id, version, limit_minor, spent_minor, blocked)
          values (new.id, new.version, new.limit_minor, new.spent_minor, new.blocked_at is not null);
          return null;
        end $$;
        create trigger note_state after insert or update on credit_account for each row execute function note_state();
        """;

    [Theory]
    [InlineData(1, 2, 4)]
    [InlineData(2, 2, 4)]
    [InlineData(3, 2, 4)]
    [InlineData(4, 4, 2)]
    [InlineData(5, 4, 2)]
    public async Task Under_random_load_and_changes_every_decision_is_right_at_its_moment(int seed, int servers, int accounts)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        await ledger.ExecuteAsync(NoteStates);
        var oper = await TestOperator.CreateAsync(ledger);
        var apps = await Task.WhenAll(Enumerable.Range(0, accounts).Select(_ => oper.AddAppAsync(60_000)));
        var nodes = Enumerable.Range(0, servers).Select(server => NewNode(ledger, lanes: 2 - (server % 2))).ToArray();
        var calls = new ConcurrentBag<Call>();

        var load = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(unchecked((seed * 1_000) + caller));
            for (var i = 0; i < PurchasesPerCaller; i++)
            {
                var purchase = oper.Buy(apps[random.Next(apps.Length)], random.Next(1, 600)) with { Hold = random.Next(20) == 0 };
                var tries = random.Next(8) == 0 ? 2 : 1;
                var began = DateTimeOffset.UtcNow;
                var answers = await Task.WhenAll(Enumerable.Range(0, tries).Select(
                    _ => nodes[random.Next(nodes.Length)].AuthoriseUntilSettledAsync(purchase, oper.Terms)));
                Assert.Single(answers, answer => answer.Status == CommitStatus.Decided);
                Assert.All(answers, answer => Assert.True(answer.Status is CommitStatus.Decided or CommitStatus.Replayed, $"{answer}"));
                Assert.Single(answers.Select(answer => answer.Entry).Distinct());
                calls.Add(new Call(answers.Single(answer => answer.Status == CommitStatus.Decided), began, DateTimeOffset.UtcNow));
            }
        })));
        var suspensions = await ChangeUntilAsync(load, oper, apps, seed);

        Assert.All(
            nodes, node => Assert.True(node.Queue.CommittedBySnapshot > PurchasesPerCaller / servers, $"{node.Queue.CommittedBySnapshot}"));
        Assert.All(calls, call => Assert.True(IsRightAbout(suspensions, call), $"{call.Answer.Entry!.DeclineReason} of {call}"));
        foreach (var app in apps)
        {
            await AssertRightAsync(ledger, app.AccountId, [.. calls.Where(call => call.Answer.Entry!.AccountId == app.AccountId)]);
        }
    }

    [Fact]
    public async Task A_limit_a_block_and_a_suspension_hold_for_every_purchase_sent_after_the_administrator_got_the_answer()
    {
        var nodes = new[] { NewNode(), NewNode() };
        var app = await Operator.AddAppAsync(1_000_000_000);
        using var stop = new CancellationTokenSource();
        var expected = DeclineReason.None;
        var changes = 0;

        var load = Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                // Only what did not change from before the call to after it can be told.
                var (before, reason) = (Volatile.Read(ref changes), expected);
                var answer = await nodes[caller % 2].AuthoriseUntilSettledAsync(Operator.Buy(app, 10), Operator.Terms);
                if (before % 2 == 0 && Volatile.Read(ref changes) == before)
                {
                    Assert.Equal(reason, answer.Entry!.DeclineReason);
                }
            }
        })));
        var states = new (DeclineReason Reason, Func<Task> Begin, Func<Task> End)[]
        {
            (DeclineReason.Blocked,
                () => Ledger.Provisioner.SetBlockedAsync(app.AccountId, true),
                () => Ledger.Provisioner.SetBlockedAsync(app.AccountId, false)),
            (DeclineReason.OrganisationSuspended,
                () => Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, true),
                () => Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, false)),
            (DeclineReason.InsufficientCredit,
                () => Ledger.Provisioner.SetLimitAsync(app.AccountId, 100),
                () => Ledger.Provisioner.SetLimitAsync(app.AccountId, 1_000_000_000)),
            (DeclineReason.AmountOverRule,
                () => Ledger.Provisioner.SetRulesAsync(app.AccountId, null, 9),
                () => Ledger.Provisioner.SetRulesAsync(app.AccountId, null, null)),
        };
        await Eventually.TrueAsync(() => nodes.Sum(node => node.Queue.CommittedBySnapshot) > 200, Eventually.Bound, "it is warm and has spent more than 100");
        for (var i = 0; i < 120 && !load.IsCompleted; i++)
        {
            var (reason, begin, end) = states[i / 2 % states.Length];
            Interlocked.Increment(ref changes);
            await (i % 2 == 0 ? begin() : end());
            expected = i % 2 == 0 ? reason : DeclineReason.None;
            Interlocked.Increment(ref changes);
            var decided = nodes.Sum(node => node.Queue.CommittedBySnapshot);
            await Eventually.TrueAsync(
                () => load.IsCompleted || nodes.Sum(node => node.Queue.CommittedBySnapshot) > decided + 10, Eventually.Bound, "decisions go on");
        }

        await stop.CancelAsync();
        await load;
    }

    [Fact]
    public async Task Batches_in_random_order_and_suspensions_of_all_their_accounts_end_in_no_error()
    {
        var cards = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Operator.AddCardAsync(9_000_000)));
        var lanes = new[] { await NewWarmLaneAsync(cards), await NewWarmLaneAsync(cards) };
        var nodes = new[] { NewNode(), NewNode() };

        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(server => Task.Run(async () =>
        {
            var random = new Random(server);
            for (var round = 0; round < 40; round++)
            {
                var batch = cards.Select(card => Operator.Buy(card, 10)).ToArray();
                random.Shuffle(batch);
                var answers = server < 2
                    ? await lanes[server].CommitAsync([.. batch.Select(purchase => new CommitItem(purchase, Operator.Terms))])
                    : await Task.WhenAll(batch.Select(purchase => nodes[server - 2].AuthoriseUntilSettledAsync(purchase, Operator.Terms)));
                // A lane without a queue leaves what it set aside to the test.
                Assert.All(answers.OfType<CommitResult>(), answer => Assert.Equal(CommitStatus.Decided, answer.Status));
                Assert.True(server < 2 || answers.All(answer => answer is not null));
            }
        })));
        while (!load.IsCompleted)
        {
            await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, true);
            await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, false);
            await Ledger.Provisioner.SetOffersCardCreditAsync(Operator.Terms.Id, false);
            await Ledger.Provisioner.SetOffersCardCreditAsync(Operator.Terms.Id, true);
            await Ledger.ExecuteAsync(
                "insert into prepaid_card (operator_id, card_number) select operator_id, card_number from credit_account where operator_id = @Id order by random()",
                new { Operator.Terms.Id });
            await Ledger.ExecuteAsync("delete from prepaid_card where operator_id = @Id", new { Operator.Terms.Id });
        }

        await load;
        foreach (var card in cards)
        {
            var id = Operator.AccountOf(card);
            Assert.Equal((await RowAsync(id)).Spent, await ApprovedSumAsync(id));
        }
    }

    private static async Task<List<Suspension>> ChangeUntilAsync(Task load, TestOperator oper, Instrument[] apps, int seed)
    {
        var random = new Random(seed);
        var suspensions = new List<Suspension> { new(false, DateTimeOffset.MinValue, DateTimeOffset.MinValue) };
        while (!load.IsCompleted)
        {
            var id = apps[random.Next(apps.Length)].AccountId;
            await oper.Ledger.Provisioner.SetLimitAsync(id, random.Next(20_000, 150_000));
            await oper.Ledger.Provisioner.SetBlockedAsync(id, random.Next(4) == 0);
            var (isSuspended, began) = (random.Next(10) == 0, DateTimeOffset.UtcNow);
            await oper.Ledger.Provisioner.SetSuspendedAsync(oper.OrganisationId, isSuspended);
            suspensions.Add(new Suspension(isSuspended, began, DateTimeOffset.UtcNow));
        }

        await load;
        return suspensions;
    }

    // The last change that was answered before the decision holds for it, or one that was under way while the call was: a
    // decision under lock reads the organisation right after its moment, and may see what was committed in between.
    private static bool IsRightAbout(List<Suspension> suspensions, Call call)
    {
        var entry = call.Answer.Entry!;
        var last = suspensions.FindLastIndex(one => one.Answered <= entry.DecidedAt);
        var possible = suspensions.Skip(last).TakeWhile(one => one.Began <= call.Ended).Select(one => one.IsSuspended).ToList();
        return entry.DeclineReason switch
        {
            DeclineReason.OrganisationSuspended => possible.Contains(true),
            // What ranks above it.
            DeclineReason.Blocked => true,
            _ => possible.Contains(false),
        };
    }

    private static async Task AssertRightAsync(TestLedger ledger, Guid id, List<Call> calls)
    {
        await using var session = await ledger.Owner.OpenConnectionAsync();
        var states = (await session.QueryAsync<State>(
            """
            select version as Version, limit_minor as Limit, spent_minor as Spent, blocked as Blocked,
                   noted_at as At, coalesce(lead(noted_at) over (order by place), 'infinity') as Until
            from state where id = @id order by place
            """,
            new { id })).ToList();
        var approved = calls.Where(call => call.Answer.Entry!.Decision == Decision.Approved)
            .OrderBy(call => call.Answer.Credit!.Value.SpentMinor).ToList();
        var leftBy = new Dictionary<DateTimeOffset, State>();
        for (var i = 1; i < states.Count; i++)
        {
            var (before, after) = (states[i - 1], states[i]);
            Assert.True(after.Version > before.Version, $"{after} after {before}");
            Assert.True(after.Spent >= before.Spent, $"{after} after {before}");
            // Spending changes nothing else, and was allowed by the state that it found.
            if (after.Spent > before.Spent)
            {
                Assert.Equal((before.Limit, before.Blocked), (after.Limit, after.Blocked));
                Assert.False(before.Blocked, $"spent on {before}");
                Assert.True(after.Spent <= after.Limit, $"{after}");
                var entries = approved.Where(call => call.Spent > before.Spent && call.Spent <= after.Spent).ToList();
                Assert.Equal(after.Spent - before.Spent, entries.Sum(call => call.Amount));
                leftBy.Add(Assert.Single(entries.Select(call => call.Answer.Entry!.DecidedAt).Distinct()), after);
            }
        }

        var spent = 0L;
        var last = DateTimeOffset.MinValue;
        foreach (var call in approved)
        {
            spent += call.Amount;
            Assert.Equal(spent, call.Spent);
            Assert.True(call.Answer.Entry!.DecidedAt >= last);
            last = call.Answer.Entry.DecidedAt;
        }

        Assert.Equal(spent, states[^1].Spent);
        Assert.Equal(spent, await ledger.AskAsync<long>(
            "select coalesce(sum(amount_minor), 0)::bigint from authorisation where account_id = @id and decision = 1", new { id }));
        Assert.Equal(calls.Count, await ledger.AskAsync<long>("select count(*) from authorisation where account_id = @id", new { id }));
        Assert.All(calls, call => Assert.InRange(call.Answer.Entry!.DecidedAt, call.Began, call.Ended));
        // Beside approvals, what they left is what counts: their state is noted after the moment that they share.
        var declined = calls.Except(approved).Where(call => call.Answer.Entry!.DeclineReason != DeclineReason.OrganisationSuspended);
        Assert.All(declined, call => Assert.True(
            states.Any(state => IsOf(state, call) && ReasonIn(state, call) == call.Answer.Entry!.DeclineReason)
                || (leftBy.TryGetValue(call.Answer.Entry!.DecidedAt, out var left) && ReasonIn(left, call) == call.Answer.Entry.DeclineReason),
            $"{call.Answer.Entry!.DeclineReason} of {call.Amount} at {call.Answer.Entry.DecidedAt:O}"));
    }

    /// <summary>
    /// Whether a decision can have seen a state. A state is noted before it is committed, so the one before it may still
    /// be what others see for as long as a commit takes.
    /// </summary>
    private static bool IsOf(State state, Call call)
    {
        var at = call.Answer.Entry!.DecidedAt.UtcDateTime;
        return state.At <= at && (state.Until == DateTime.MaxValue || at < state.Until + TimeSpan.FromSeconds(5));
    }

    private static DeclineReason ReasonIn(State state, Call call) => state switch
    {
        { Blocked: true } => DeclineReason.Blocked,
        _ when call.Amount > state.Limit - state.Spent => DeclineReason.InsufficientCredit,
        _ => DeclineReason.None,
    };

    private sealed record Call(CommitResult Answer, DateTimeOffset Began, DateTimeOffset Ended)
    {
        public long Amount => Answer.Entry!.Purchase.AmountMinor;

        public long Spent => Answer.Credit!.Value.SpentMinor;
    }

    private sealed record State(long Version, long Limit, long Spent, bool Blocked, DateTime At, DateTime Until);

    private sealed record Suspension(bool IsSuspended, DateTimeOffset Began, DateTimeOffset Answered);
}
