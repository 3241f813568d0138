using System.Collections.Concurrent;
using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

/// <summary>With a Postgres of their own, which they kill and pause.</summary>
[Trait("Tier", "Slow")]
public sealed class OutageTests : LoggedTest, IClassFixture<PostgresServer>, IAsyncLifetime
{
    /// <summary>A round trip that is given up, its cancellation, and a connection that is not answered, and far more.</summary>
    // What is sent at once can become two batches, one after the other, and the second has to connect anew, both ways.
    private static readonly TimeSpan PausedBound = 2 * Eventually.Bound;

    private readonly PostgresServer _postgres;
    private readonly ILoggerFactory _loggers;
    private TestLedger _ledger = null!;
    private TestOperator _operator = null!;
    private LedgerNode _node = null!;

    public OutageTests(PostgresServer postgres, ITestOutputHelper output)
        : base(output)
    {
        _postgres = postgres;
        _loggers = LoggerFactory.Create(logging => logging.AddFilter("Npgsql", LogLevel.Warning).AddProvider(Log));
    }

    public async Task InitializeAsync()
    {
        _ledger = await TestLedger.CreateAsync(_postgres.Postgres);
        _operator = await TestOperator.CreateAsync(_ledger);
        _node = new LedgerNode(_ledger.Connect(lanes: 1, loggers: _loggers), _loggers);
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public async Task While_Postgres_is_down_purchases_are_told_so_soon_and_decided_when_it_is_back()
    {
        var card = await _operator.AddCardAsync();
        var purchase = _operator.Buy(card);
        Assert.Equal(CommitStatus.Decided, (await AuthoriseAsync(_operator.Buy(card))).Status);
        await _postgres.Private.KillAsync();
        var began = Stopwatch.GetTimestamp();

        var answer = await AuthoriseAsync(purchase);

        Assert.Equal(CommitStatus.LedgerUnreachable, answer.Status);
        Assert.True(answer.IsRetryable);
        Assert.True(Stopwatch.GetElapsedTime(began) < Eventually.Bound);
        await Assert.ThrowsAsync<LedgerUnreachableException>(() => _node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
        await Assert.ThrowsAsync<LedgerUnreachableException>(
            () => _node.Reader.FindCreditAsync(card, _operator.Terms.TimeZone, CancellationToken.None));
        await Assert.ThrowsAsync<LedgerUnreachableException>(
            () => new LedgerProbe(_node.Database).LookAsync(CancellationToken.None));

        await _postgres.Private.StartAsync();
        Assert.Equal(CommitStatus.Decided, (await AuthoriseAsync(purchase)).Status);
        Assert.NotNull(await _node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
    }

    [Fact]
    public async Task While_Postgres_is_paused_the_wait_is_bounded_and_what_it_went_on_with_is_found()
    {
        var card = await _operator.AddCardAsync();
        var purchases = Enumerable.Range(0, 10).Select(_ => _operator.Buy(card)).ToList();
        Assert.Equal(CommitStatus.Decided, (await AuthoriseAsync(_operator.Buy(card))).Status);
        _postgres.Private.Pause();
        CommitResult[] answers;
        try
        {
            answers = await Task.WhenAll(purchases.Select(purchase =>
                _node.Queue.AuthoriseAsync(purchase, _operator.Terms, CancellationToken.None))).WaitAsync(PausedBound);
        }
        finally
        {
            _postgres.Private.Resume();
        }

        Assert.All(answers, answer => Assert.Equal(CommitStatus.LedgerUnreachable, answer.Status));
        foreach (var purchase in purchases)
        {
            var answer = await AuthoriseAsync(purchase);
            Assert.True(answer.Status is CommitStatus.Decided or CommitStatus.Replayed, $"{answer}");
        }

        Assert.Equal(11_000, await SpentAsync(card));
    }

    [Fact]
    public async Task A_short_pause_is_sat_out()
    {
        var card = await _operator.AddCardAsync();
        await AuthoriseAsync(_operator.Buy(card));
        _postgres.Private.Pause();

        var answer = AuthoriseAsync(_operator.Buy(card));
        await Task.WhenAny(answer, Task.Delay(Limits.LockTimeout));
        _postgres.Private.Resume();

        Assert.Equal(CommitStatus.Decided, (await answer).Status);
    }

    [Fact]
    public async Task What_was_answered_before_Postgres_was_killed_under_load_is_in_the_ledger()
    {
        var cards = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _operator.AddCardAsync(100_000_000)));
        await using var other = new LedgerNode(_ledger.Connect(loggers: _loggers), _loggers);
        var nodes = new[] { _node, other };
        var answers = new ConcurrentDictionary<Guid, AuthorisationEntry>();
        using var stop = new CancellationTokenSource();

        var load = Task.WhenAll(Enumerable.Range(0, 12).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                // The same id, on either server, until it is decided.
                var purchase = _operator.Buy(cards[(caller + i) % 3], 10);
                for (var tried = caller; !answers.ContainsKey(purchase.Id); tried++)
                {
                    var answer = await nodes[tried % 2].AuthoriseAsync(purchase, _operator.Terms);
                    Assert.True(answer.Entry is not null || answer.Status is CommitStatus.LedgerUnreachable or CommitStatus.AccountLocked, $"{answer}");
                    if (answer.Entry is { } entry)
                    {
                        answers[purchase.Id] = entry;
                    }
                }
            }
        })));
        for (var kills = 0; kills < 3; kills++)
        {
            var before = answers.Count;
            await Eventually.TrueAsync(() => answers.Count > before + 200, Eventually.Bound, "purchases are decided");
            await _postgres.Private.KillAsync();
            await _postgres.Private.StartAsync();
        }

        await stop.CancelAsync();
        await load;
        foreach (var (id, entry) in answers)
        {
            Assert.Equal(entry, await _node.Reader.FindEntryAsync(id, CancellationToken.None));
        }

        Assert.Equal(10L * answers.Count, (await Task.WhenAll(cards.Select(SpentAsync))).Sum());
    }

    private Task<CommitResult> AuthoriseAsync(Purchase purchase) => _node.AuthoriseAsync(purchase, _operator.Terms);

    private async Task<long> SpentAsync(Instrument card)
    {
        // The pool's connections died with Postgres.
        await using var session = await _ledger.OpenSessionAsync();
        return await session.ExecuteScalarAsync<long>(
            "select spent_minor from credit_account where id = @id", new { id = _operator.AccountOf(card) });
    }
}
