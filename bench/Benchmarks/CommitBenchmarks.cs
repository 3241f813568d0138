using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Authorisation.Bench.Benchmarks;

/// <summary>
/// Committing batches to Postgres, on one lane. An operation is a whole batch: while one commits, the next is handed
/// in, so that the lane finds all of it, and nothing else, when it is free.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The cleanup disposes of them.")]
public class CommitBenchmarks
{
    private LedgerDatabase _database = null!;
    private CommitQueue _queue = null!;
    private Task<CommitResult>[] _before = null!;
    private Task<CommitResult>[] _next = null!;

    /// <summary>How many purchases are committed together.</summary>
    [Params(1, 16, 128, 512)]
    public int Batch { get; set; }

    /// <summary>Opens a ledger and hands in the first batch.</summary>
    [GlobalSetup]
    public async Task StartAsync()
    {
        _database = await BenchStage.OpenAsync();
        _queue = new CommitQueue(_database, TimeProvider.System, NullLogger<CommitQueue>.Instance);
        _before = new Task<CommitResult>[Batch];
        _next = new Task<CommitResult>[Batch];
        HandIn(_before);
    }

    /// <summary>Closes the ledger.</summary>
    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _queue.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>One batch.</summary>
    [Benchmark]
    public async Task Commit()
    {
        HandIn(_next);
        foreach (var result in _before)
        {
            if ((await result).Status != CommitStatus.Decided)
            {
                throw new InvalidOperationException("A purchase was not decided.");
            }
        }

        (_before, _next) = (_next, _before);
    }

    private void HandIn(Task<CommitResult>[] batch)
    {
        var cards = BenchStage.Cards;
        for (var i = 0; i < batch.Length; i++)
        {
            var card = cards.FirstCard + Random.Shared.Next(cards.Cards);
            batch[i] = _queue.AuthoriseAsync(
                Accounts.Purchase(card.ToString("D12", CultureInfo.InvariantCulture), 3_900), Accounts.Terms,
                CancellationToken.None);
        }
    }
}
