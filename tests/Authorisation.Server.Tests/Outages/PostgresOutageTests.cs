using System.Diagnostics;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Server.Tests.Outages;

/// <summary>Postgres of this class's own, stopped, killed and paused under a server that stays up.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class PostgresOutageTests(PostgresServer postgres, SharedRedis redis, ITestOutputHelper output)
    : LoggedTest(output), IClassFixture<PostgresServer>, IClassFixture<SharedRedis>
{
    /// <summary>
    /// Each row makes its commit a millisecond longer, so that a batch is sure to be in its commit when Postgres dies,
    /// and an answer that was sent before the commit is sure to be found out.
    /// </summary>
    private const string SlowCommitSql = """
        create function slow_commit() returns trigger language plpgsql as
          'begin perform pg_sleep(0.001); return null; end';
        create constraint trigger slow_commit after insert on authorisation deferrable initially deferred
          for each row execute function slow_commit();
        """;

    private static readonly TimeSpan StoppedBound = TimeSpan.FromSeconds(15);

    // The bound that a call has without a deadline of its own, and some seconds for a slow machine.
    private static readonly TimeSpan PausedBound = Core.Limits.DecisionTimeout + TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortDeadline = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task While_Postgres_is_stopped_calls_end_unavailable_and_afterwards_the_same_ids_are_decided()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        var request = on.Buy(card);
        await on.Validator.AuthoriseAsync(on.Buy(card));

        await postgres.Private.StopAsync();
        var clock = Stopwatch.StartNew();
        await IsUnreachableAsync(on.Validator.AuthoriseAsync(request));
        await IsUnreachableAsync(on.Validator.AuthoriseWithoutDeadlineAsync(request));
        await IsUnreachableAsync(on.Validator.GetAuthorisationAsync(request.AuthorisationId));
        await IsUnreachableAsync(on.Validator.GetCreditAsync(on.UnknownCard()));
        Assert.True(clock.Elapsed < StoppedBound, $"They took {clock.ElapsedMilliseconds} ms.");

        // Who was let in before is let in still, and who was not is told so.
        await WireError.OfAsync(
            server.Caller("wrong").AuthoriseAsync(request), StatusCode.Unauthenticated, "TOKEN_INVALID");
        await Readiness.IsNotServingAsync(server.Channel);

        await postgres.Private.StartAsync();
        await Readiness.IsServingAsync(server.Channel);
        Assert.Equal(
            (Decision.Approved, false, 2_000), Summary(await on.Validator.AuthoriseAsync(request)));
        Assert.Equal(
            (Decision.Approved, true, 2_000), Summary(await on.Validator.AuthoriseAsync(request)));
    }

    [Fact]
    public async Task A_Postgres_killed_under_purchases_loses_none_that_was_answered_and_decides_none_twice()
    {
        const int Purchases = 300;
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await ledger.ExecuteAsync(SlowCommitSql);
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync(limitMinor: Purchases * 1_000 / 2);
        var requests = Enumerable.Range(0, Purchases).Select(_ => on.Buy(card)).ToList();

        var answered = 0;
        var buying = requests.Select(async request =>
        {
            await Task.Yield();
            var answer = await UntilDecidedAsync(on, request);
            Interlocked.Increment(ref answered);
            return answer;
        }).ToList();
        await Eventually.TrueAsync(() => answered > 0, Eventually.Bound, "some are answered");
        await postgres.Private.KillAsync();
        await postgres.Private.StartAsync();
        var answers = await Task.WhenAll(buying).WaitAsync(Eventually.Bound * 3);
        await Readiness.IsServingAsync(server.Channel);

        Assert.Equal(Purchases / 2, answers.Count(answer => answer.Decision == Decision.Approved));
        foreach (var (request, answer) in requests.Zip(answers))
        {
            var again = await on.Validator.AuthoriseAsync(request);
            Assert.Equal((answer.Decision, answer.DecidedAt, true), (again.Decision, again.DecidedAt, again.Replayed));
            Assert.Equal((Purchases * 1_000 / 2, 0), (again.Credit.SpentMinor, again.Credit.RemainingMinor));
        }
    }

    [Fact]
    public async Task While_Postgres_hangs_calls_end_at_their_deadline_or_the_servers_own()
    {
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        var (first, second) = (on.Buy(card), on.Buy(card));
        await on.Validator.AuthoriseAsync(on.Buy(card));

        postgres.Private.Pause();
        try
        {
            var clock = Stopwatch.StartNew();
            var error = await WireError.OfAsync(on.Validator.AuthoriseAsync(first, ShortDeadline));
            Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
            Assert.InRange(clock.Elapsed, ShortDeadline - TimeSpan.FromMilliseconds(50), Core.Limits.DecisionTimeout - TimeSpan.FromSeconds(1));

            clock.Restart();
            await IsUnreachableAsync(on.Validator.AuthoriseWithoutDeadlineAsync(second));
            Assert.True(clock.Elapsed < PausedBound, $"It took {clock.ElapsedMilliseconds} ms.");
            await Readiness.IsNotServingAsync(server.Channel);
        }
        finally
        {
            postgres.Private.Resume();
        }

        await Readiness.IsServingAsync(server.Channel);
        foreach (var request in new[] { first, second })
        {
            Assert.Equal(Decision.Approved, (await UntilDecidedAsync(on, request)).Decision);
        }

        Assert.Equal((3, 3_000), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    [Fact]
    public async Task What_exceeds_the_queue_is_refused_at_once_and_what_is_accepted_is_decided()
    {
        // Postgres may end what the numbering of cards was at when it is halted; that is tried again.
        Log.Expect(2203);
        // More than the lanes give up and take from the queue while a slow machine fills it.
        const int Beyond = 1_500;
        var lanes = Core.Limits.CommitLanes * Core.Limits.CommitBatchItemsMax;
        var purchases = Core.Limits.CommitQueueItemsMax + lanes + Beyond;
        await using var ledger = await TestLedger.CreateAsync(postgres.Postgres);
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync(limitMinor: (purchases + 1) * 1_000L);
        await on.Validator.AuthoriseAsync(on.Buy(card));

        var requests = Enumerable.Range(0, purchases).Select(_ => on.Buy(card)).ToList();
        List<Task<AuthoriseResponse>> calls;
        postgres.Private.Pause();
        try
        {
            calls = [.. requests.Select(request => on.Validator.AuthoriseAsync(request))];
            await Eventually.TrueAsync(() => calls.Exists(IsRefused), Eventually.Bound, "the queue is full");
            await WireError.OfAsync(calls.Find(IsRefused)!, StatusCode.ResourceExhausted, "QUEUE_FULL");
        }
        finally
        {
            postgres.Private.Resume();
        }

        await Task.WhenAll(calls.Select(static call => ((Task)call).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
        Assert.InRange(calls.Count(call => call.IsFaulted), 1, purchases - 1);
        // Not so many at once that the queue is full again.
        foreach (var some in requests.Zip(calls).Where(pair => pair.Second.IsFaulted).Chunk(2_000))
        {
            var again = await Task.WhenAll(some.Select(pair => UntilDecidedAsync(on, pair.First)));
            Assert.All(again, answer => Assert.Equal(Decision.Approved, answer.Decision));
        }

        Assert.Equal((purchases + 1, (purchases + 1) * 1_000L), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    private async Task<InProcessServer> StartAsync(TestLedger ledger)
    {
        var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, redis.ConnectionString, Log);
        await Readiness.IsServingAsync(server.Channel);
        return server;
    }

    private static async Task<AuthoriseResponse> UntilDecidedAsync(WireOperator on, AuthoriseRequest request)
    {
        AuthoriseResponse? answer = null;
        await Eventually.TrueAsync(
            async () => (answer = await on.Validator.AuthoriseAsync(request)) is not null,
            Eventually.Bound,
            "the purchase is decided");
        return answer!;
    }

    private static bool IsRefused(Task call) =>
        call.Exception?.InnerException is RpcException { StatusCode: StatusCode.ResourceExhausted };

    private static (Decision Decision, bool Replayed, long SpentMinor) Summary(AuthoriseResponse answer) =>
        (answer.Decision, answer.Replayed, answer.Credit.SpentMinor);

    private static async Task IsUnreachableAsync(Task call) =>
        await WireError.OfAsync(call, StatusCode.Unavailable, "LEDGER_UNREACHABLE");
}
