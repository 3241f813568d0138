using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Authorisation.Admin.Tests.Support;
using Authorisation.Hosting.Telemetry;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Telemetry;

/// <summary>
/// What docs/operate/metrics.md, the dashboard and the alerts say of metrics, against what both programs expose after a purchase.
/// </summary>
public sealed partial class DocumentedMetricsTests(SharedAdmin shared) : IClassFixture<SharedAdmin>
{
    private const string WithMetrics = "--Telemetry:Metrics:Port=0";

    private static (Scrape Server, Scrape Admin)? _found;

    private static readonly string[] PartsOfHistograms = ["_bucket", "_sum", "_count"];

    [Fact]
    public async Task Every_metric_of_ours_is_documented_with_its_labels_and_every_documented_one_is_there()
    {
        var (server, admin) = await ScrapeBothAsync();
        var documented = Documented();

        Assert.Equal(
            documented.Keys.Order(StringComparer.Ordinal),
            server.Ours.Union(admin.Ours, StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        foreach (var (plane, scrape) in new[] { ("server", server), ("admin", admin) })
        {
            Assert.All(scrape.Ours, name => Assert.True(
                documented[name].Of is "both" || documented[name].Of == plane, $"{name} is exposed by {plane}, too."));
            Assert.All(scrape.Ours, name => Assert.Equal(
                documented[name].Labels,
                scrape.LabelsOf(scrape.Families[name] == "histogram" ? name + "_count" : name).Order(StringComparer.Ordinal),
                StringComparer.Ordinal));
        }

        Assert.All(documented, one => Assert.Contains(
            one.Key, one.Value.Of == "admin" ? admin.Families : (IDictionary<string, string>)server.Families));
    }

    [Fact]
    public async Task The_dashboard_and_the_alerts_name_only_metrics_that_there_are_and_every_one_of_ours_is_on_the_dashboard()
    {
        var (server, admin) = await ScrapeBothAsync();
        var known = server.Families.Keys.Union(admin.Families.Keys, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var dashboard = Expressions(JsonNode.Parse(File.ReadAllText(Path.Combine(Checkout.Root, "deploy/grafana-dashboard.json")))!).ToList();
        Assert.NotEmpty(dashboard);
        var shown = dashboard.SelectMany(NamesIn).Select(name => FamilyOf(name, known)).ToHashSet(StringComparer.Ordinal);
        var watched = NamesIn(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "deploy/prometheus-alerts.yaml")))
            .Select(name => FamilyOf(name, known)).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(shown.Except(known, StringComparer.Ordinal));
        Assert.Empty(watched.Except(known, StringComparer.Ordinal));
        Assert.Empty(known.Where(IsOurs).Except(shown, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_alert_has_its_words_in_the_documentation_and_the_other_way()
    {
        var rules = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "deploy/prometheus-alerts.yaml"));
        var documented = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs/operate/metrics.md"));
        Assert.Equal(
            Alert().Matches(rules).Select(static match => match.Groups["name"].Value).Order(StringComparer.Ordinal),
            AlertRow().Matches(documented).Select(static match => match.Groups["name"].Value).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Every_setting_has_a_row_in_the_documentation() => Assert.Equal(
        TelemetrySettings.Names.Order(StringComparer.Ordinal),
        SettingRow().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs/operate/metrics.md")))
            .Select(static match => match.Groups["name"].Value).Order(StringComparer.Ordinal),
        StringComparer.Ordinal);

    [Theory]
    [InlineData("rate(authorisation_call_duration_seconds_bucket{le=\"1\"}[5m])", "authorisation_call_duration_seconds_bucket")]
    [InlineData("sum(dotnet_gc_pause_time_seconds_total) > 0", "dotnet_gc_pause_time_seconds_total")]
    public void A_metric_is_found_in_an_expression(string expression, string expected) =>
        Assert.Equal(expected, Assert.Single(NamesIn(expression)));

    private static bool IsOurs(string name) => name.StartsWith("authorisation_", StringComparison.Ordinal);

    private static IEnumerable<string> NamesIn(string text) => Name().Matches(text).Select(static match => match.Value);

    private static string FamilyOf(string name, HashSet<string> known) =>
        PartsOfHistograms.Where(part => name.EndsWith(part, StringComparison.Ordinal)).Select(part => name[..^part.Length])
            .FirstOrDefault(known.Contains, name);

    private static IEnumerable<string> Expressions(JsonNode node) => node switch
    {
        JsonObject all => all.SelectMany(static one => one is { Key: "expr" or "query", Value: JsonValue text }
            ? [text.ToString()]
            : one.Value is null ? [] : Expressions(one.Value)),
        JsonArray list => list.Where(static one => one is not null).SelectMany(static one => Expressions(one!)),
        _ => [],
    };

    private static Dictionary<string, (string Of, IEnumerable<string> Labels)> Documented() => File
        .ReadAllLines(Path.Combine(Checkout.Root, "docs/operate/metrics.md"))
        .Select(static line => MetricRow().Match(line))
        .Where(static match => match.Success)
        .ToDictionary(
            static match => match.Groups["name"].Value,
            static match => (
                match.Groups["of"].Value,
                match.Groups["labels"].Value.Split('`', ',', ' ', '–').Where(static label => label.Length > 0).Order(StringComparer.Ordinal).AsEnumerable()),
            StringComparer.Ordinal);

    // Once for the tests of this class, which run one after the other.
    private async Task<(Scrape Server, Scrape Admin)> ScrapeBothAsync() => _found ??= await ScrapeAsync();

    private async Task<(Scrape Server, Scrape Admin)> ScrapeAsync()
    {
        await using var ledger = await shared.Ledgers.CreateOwnAsync();
        var on = await TestOperator.CreateAsync(ledger);
        var card = await on.AddCardAsync();
        await using var host = await InProcessAdmin.StartAsync(ledger, shared.CodeKey, null, WithMetrics, "--MonthEnd:Runs=false");
        await using var plane = await DataPlane.StartAsync(ledger, shared.CodeKey, null, WithMetrics);
        await plane.BuyOnCardAsync(on.ValidatorToken, card.CardNumber!, 1_000);
        await host.Nobody.GetAsync("/v1/sessions");
        return (
            await Scrape.UntilAsync(
                plane.Metrics, static scrape => scrape.Value("authorisation_call_duration_seconds_count", "call", "Authorise") == 1,
                "the purchase is timed"),
            await Scrape.UntilAsync(
                host.Metrics,
                static scrape => scrape.Value("authorisation_ready") == 1 && scrape.Value("authorisation_call_duration_seconds_count") == 1,
                "the call is timed and the database asked"));
    }

    [GeneratedRegex("\\b(authorisation|dotnet)_[a-z0-9_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("^\\| `(?<name>authorisation_[a-z_]+)` \\| (?<of>both|server|admin) \\| (?<labels>[^|]+) \\|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MetricRow();

    [GeneratedRegex("^\\| `(?<name>Telemetry:[A-Za-z:]+)` \\| [^|]+\\| [^|]+\\| [^|]+\\|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex SettingRow();

    [GeneratedRegex("- alert: (?<name>\\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alert();

    [GeneratedRegex("^\\| `(?<name>Authorisation[A-Z]\\w+)` \\|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex AlertRow();
}
