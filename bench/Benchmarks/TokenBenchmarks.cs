using System.Diagnostics.CodeAnalysis;
using Authorisation.Ledger.Access;
using Authorisation.Ledger.Database;
using Authorisation.Server.Access;
using Authorisation.Server.Contract;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Authorisation.Bench.Benchmarks;

/// <summary>From a bearer token in a header to the caller that it identifies.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The cleanup disposes of them.")]
public class TokenBenchmarks
{
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LoadPoll = TimeSpan.FromMilliseconds(10);

    private LedgerDatabase _database = null!;
    private TokenDirectory _directory = null!;
    private string _token = null!;

    /// <summary>Loads the tokens.</summary>
    [GlobalSetup]
    public async Task StartAsync()
    {
        _database = await BenchStage.OpenAsync();
        _token = BenchStage.Cards.Token;
        _directory = new TokenDirectory(_database, place: 0, new OperatorOwners(), NullLogger<TokenDirectory>.Instance);
        await _directory.StartAsync(CancellationToken.None);
        using var bound = new CancellationTokenSource(LoadTimeout);
        while (LookUp() is null)
        {
            await Task.Delay(LoadPoll, bound.Token);
        }
    }

    /// <summary>Stops following them.</summary>
    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _directory.StopAsync(CancellationToken.None);
        _directory.Dispose();
        await _database.DisposeAsync();
    }

    /// <summary>The look-up.</summary>
    [Benchmark]
    public Caller? LookUp() => TokenHash.TryOf(_token, out var hash) ? _directory.Find(hash) : null;
}
