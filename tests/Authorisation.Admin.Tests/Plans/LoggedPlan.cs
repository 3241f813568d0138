using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Authorisation.Admin.Tests.Plans;

/// <summary>A statement that ran, as Postgres's <c>auto_explain</c> wrote it to its log.</summary>
/// <param name="Text">What ran.</param>
/// <param name="Plan">The plan with the rows that there were, as JSON.</param>
/// <param name="Scans">What it read of each table.</param>
internal sealed partial record LoggedPlan(string Text, string Plan, IReadOnlyList<LoggedScan> Scans)
{
    /// <summary>What has to be set for a database, so that everything that runs in it is written to the log.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        "session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0", "auto_explain.log_analyze = on",
        "auto_explain.log_timing = off", "auto_explain.log_format = 'json'",
    ];

    private const string RootField = "Plan";

    /// <summary>The plans of a log of Postgres's, in which the lines of an entry after its first begin with a tab.</summary>
    public static IReadOnlyList<LoggedPlan> Of(string log) => [.. Entry().Matches(log).Select(entry => Read(entry.Groups["json"].Value))];

    private static LoggedPlan Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var scans = new List<LoggedScan>();
        Collect(document.RootElement.GetProperty(RootField), scans);
        return new LoggedPlan(document.RootElement.GetProperty("Query Text").GetString()!, json, scans);
    }

    private static void Collect(JsonElement node, List<LoggedScan> scans)
    {
        if (node.TryGetProperty("Relation Name", out var table))
        {
            var read = Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter")
                + Number(node, "Rows Removed by Index Recheck");
            var scan = node.GetProperty("Node Type").GetString()!;
            scans.Add(new LoggedScan(table.GetString()!, scan == "Seq Scan", read * Number(node, "Actual Loops")));
        }

        if (node.TryGetProperty("Plans", out var children))
        {
            foreach (var child in children.EnumerateArray())
            {
                Collect(child, scans);
            }
        }
    }

    private static double Number(JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) ? double.Parse(value.GetRawText(), CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"ms  plan:\n(?<json>(\t[^\n]*\n)+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Entry();
}
