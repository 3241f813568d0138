using System.Text.Json.Nodes;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>The metrics of the demo.</summary>
[Trait("Tier", "Slow")]
public sealed class MetricsTests : DirectoryTest
{
    [Fact]
    public async Task The_file_of_the_demo_says_where_the_metrics_of_both_planes_are_and_each_shows_its_own()
    {
        var directory = NewPath("run");
        await using var run = await StandaloneRun.StartReadyAsync(directory);
        var metrics = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "demo.json")))!["metrics"]!;
        var (server, admin) = (new Uri(metrics["server"]!.ToString()), new Uri(metrics["admin"]!.ToString()));
        Assert.Equal((true, true), (server.IsLoopback, admin.IsLoopback));
        Assert.Contains($"Metrics are at {server} and {admin}", run.Output, StringComparison.Ordinal);

        var purchases = await Scrape.OfAsync(server);
        Assert.True(purchases.Value("authorisation_decisions_total", "operator", "jonkoping", "decision", "approved") > 0);
        Assert.True(purchases.Value("authorisation_decisions_total", "operator", "jonkoping", "decision", "declined") > 0);
        Assert.Null(purchases.Value("authorisation_outbox_waiting"));
        // In one process, and yet each plane's own.
        var control = await Scrape.UntilAsync(admin, static scrape => scrape.Value("authorisation_ready") == 1, "its database was asked");
        Assert.Null(control.Value("authorisation_decisions_total"));
        Assert.Equal(0, control.Value("authorisation_outbox_dead", "operator", "jonkoping"));
    }
}
