using System.Collections.Concurrent;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <summary>With a Postgres of their own, which they kill.</summary>
[Trait("Tier", "Slow")]
public sealed class KilledPostgresTests : LoggedTest, IClassFixture<PostgresServer>
{
    private readonly PostgresServer _postgres;
    private readonly ILoggerFactory _loggers;

    public KilledPostgresTests(PostgresServer postgres, ITestOutputHelper output)
        : base(output)
    {
        _postgres = postgres;
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(Log));
    }

    [Fact]
    public async Task What_was_answered_is_in_the_ledger_as_it_was_answered_and_nothing_is_decided_twice()
    {
        await using var ledger = await TestLedger.CreateAsync(_postgres.Postgres);
        var oper = await TestOperator.CreateAsync(ledger);
        var apps = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => oper.AddAppAsync(i % 2 == 0 ? 500 : 100_000_000)));
        await using var one = new LedgerNode(ledger.Connect(loggers: _loggers), _loggers);
        await using var other = new LedgerNode(ledger.Connect(loggers: _loggers), _loggers);
        var nodes = new[] { one, other };
        var answers = new ConcurrentDictionary<Guid, AuthorisationEntry>();
        using var stop = new CancellationTokenSource();

        var load = Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                // The same id, on either server, until it is decided; each account mostly on one, so that copies stay true.
                var at = (caller + i) % apps.Length;
                var purchase = oper.Buy(apps[at], 10);
                for (var tried = at; !answers.ContainsKey(purchase.Id); tried++)
                {
                    var answer = await nodes[tried % 2].AuthoriseAsync(purchase, oper.Terms);
                    Assert.True(answer.Entry is not null || answer.Status is CommitStatus.LedgerUnreachable or CommitStatus.AccountLocked, $"{answer}");
                    if (answer.Entry is { } entry)
                    {
                        answers[purchase.Id] = entry;
                    }
                }
            }
        })));
        for (var kills = 0; kills < 4; kills++)
        {
            var before = nodes.Sum(node => node.Queue.CommittedBySnapshot);
            await Eventually.TrueAsync(
                () => nodes.Sum(node => node.Queue.CommittedBySnapshot) > before + 200, Eventually.Bound, "purchases are committed by snapshot");
            await _postgres.Private.KillAsync();
            await _postgres.Private.StartAsync();
        }

        await stop.CancelAsync();
        await load;
        foreach (var (id, entry) in answers)
        {
            Assert.Equal(entry, await one.Reader.FindEntryAsync(id, CancellationToken.None));
        }

        // The pool's connections died with Postgres.
        await using var session = await ledger.OpenSessionAsync();
        Assert.Equal(answers.Count, await session.ExecuteScalarAsync<long>("select count(*) from authorisation"));
        Assert.Equal(0, await session.ExecuteScalarAsync<long>(
            """
            select count(*) from credit_account a
            where spent_minor > limit_minor or spent_minor <> (
              select coalesce(sum(amount_minor), 0) from authorisation where account_id = a.id and decision = 1)
            """));
        Assert.Contains(answers.Values, entry => entry.DeclineReason == DeclineReason.InsufficientCredit);
    }
}
