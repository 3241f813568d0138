using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Authorisation.Core;
using Authorisation.Hosting.Telemetry;
using Authorisation.Ledger.Telemetry;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Authorisation.Bench.Benchmarks;

/// <summary>
/// What recording the metrics of a purchase costs, as a server does it whose metrics are scraped, and as one whose are
/// not.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The cleanup disposes of them.")]
public class TelemetryBenchmarks
{
    private const int Batch = 16;

    private static readonly MeasuredCall Call = new("Authorise", ["OK"]);

    private ServiceProvider _services = null!;
    private LedgerMetrics _ledger = null!;
    private CallMetrics _calls = null!;

    /// <summary>Whether the metrics are scraped.</summary>
    [Params(true, false)]
    public bool Scraped { get; set; }

    /// <summary>Makes the instruments, and what listens to them.</summary>
    [GlobalSetup]
    public void Start()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<LedgerMetrics>();
        services.AddTelemetry(
            new TelemetrySettings { Scrape = Scraped ? new IPEndPoint(IPAddress.Loopback, 0) : null }, "bench");
        _services = services.BuildServiceProvider();
        _ = _services.GetService<MeterProvider>();
        _ledger = _services.GetRequiredService<LedgerMetrics>();
        _calls = _services.GetRequiredService<CallMetrics>();
    }

    /// <summary>Stops listening.</summary>
    [GlobalCleanup]
    public void Stop() => _services.Dispose();

    /// <summary>All that is recorded of a batch of sixteen purchases, of each of them.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public long Purchase()
    {
        var now = Stopwatch.GetTimestamp();
        _ledger.Taken(Batch);
        for (var i = 0; i < Batch; i++)
        {
            _ledger.Waited(now, Stopwatch.GetTimestamp());
        }

        _ledger.Committed(CommitWay.Snapshot, Batch, now);
        for (var i = 0; i < Batch; i++)
        {
            _ledger.Decided(Accounts.Terms, DeclineReason.None);
            _calls.Record(Call, 0, Stopwatch.GetElapsedTime(now));
        }

        return now;
    }
}
