using Authorisation.Core;
using BenchmarkDotNet.Attributes;

namespace Authorisation.Bench.Benchmarks;

/// <summary>The rule.</summary>
public class DecideBenchmarks
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly CreditAccount _account = Accounts.Card(Now);
    private readonly Purchase _small = Accounts.Purchase("100000000000", 3_900);
    private readonly Purchase _large = Accounts.Purchase("100000000000", 9_000_000);

    /// <summary>A purchase that fits.</summary>
    [Benchmark]
    public Outcome Approve() => Decide.Authorise(_small, seen: null, _account, Accounts.Terms, Now);

    /// <summary>One that does not.</summary>
    [Benchmark]
    public Outcome Decline() => Decide.Authorise(_large, seen: null, _account, Accounts.Terms, Now);
}
