using System.Globalization;
using System.Net;
using System.Text;
using Authorisation.LoadTests.Results;
using Authorisation.LoadTests.Session;

namespace Authorisation.LoadTests.Report;

/// <summary>One page with the plots and the table, with nothing that it would have to fetch.</summary>
internal static class HtmlReport
{
    private const double NanosecondsInMillisecond = 1e6;
    private static readonly double[] Percentiles = [50, 90, 99, 99.9];

    private const string Style = """
        :root { color-scheme: light dark; --ink: #1b1b1b; --faint: #d8d8d8; --paper: #fff; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --faint: #444; --paper: #181818; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
        svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); }
        .grid { stroke: var(--faint); } .axis { stroke: var(--ink); }
        pre { overflow-x: auto; font-size: 12px; line-height: 1.4; }
        """;

    /// <summary>Writes the page.</summary>
    public static void Write(
        string path, Figures figures, IEnumerable<IScenarioResult> apart, LoadOptions options, string command)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Load test</title>
            <style>{Style}</style>
            <h1>Load test</h1>
            <p>{Encode(command)}, {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC, on {Encode(Machine.Describe())}.
            {options.Accounts:#,0} accounts, {options.Connections} connections, {options.InFlight} in flight at saturation,
            {options.Repetitions} repetitions of {options.Measured.TotalSeconds:0.#} s each. The load generator and the databases
            share the processors with what is measured, so compare within this page, not with another machine.</p>
            """);
        ThroughputByPeer(page, figures);
        Scenarios(page, figures);
        LatencyAgainstLoad(page, figures);
        OneInFlight(page, figures);
        TimeLine(page, figures, new Phase(PhaseKind.Open, Phase.Half), "The server at half load, over time");
        TimeLine(page, figures, new Phase(PhaseKind.Uniform), "The server at saturation, over time");
        Table(page, figures);
        ByThemselves(page, apart);
        File.WriteAllText(path, page.ToString());
    }

    private static void ThroughputByPeer(StringBuilder page, Figures figures)
    {
        var bars = figures.Measured.Select(one => one.Target).Distinct()
            .Select(target => new Bar(target.Name(), figures.PerSecond(target)!.Value)).ToList();
        Section(page, "Throughput by peer", "Purchases on cards at random, as many in flight as saturate; median, least and most.",
            Plots.Bars("Bars of the throughput of each target", "answers per second", bars));
    }

    private static void Scenarios(StringBuilder page, Figures figures)
    {
        var bars = figures.Measured.Where(one => one.Target == TargetKind.Authorise && one.Phase.Kind is not (PhaseKind.Open or PhaseKind.Unloaded or PhaseKind.Rate))
            .Select(one => new Bar(one.Phase.Name, figures.Of(one.Target, one.Phase, result => result.Recording.PerSecond)!.Value)).ToList();
        if (bars.Count > 1)
        {
            Section(page, "Throughput by scenario", "The server, saturated.",
                Plots.Bars("Bars of the throughput of each scenario", "answers per second", bars));
        }
    }

    private static void LatencyAgainstLoad(StringBuilder page, Figures figures)
    {
        var phases = figures.Measured.Where(one => one is { Target: TargetKind.Authorise, Phase.Kind: PhaseKind.Open }).ToList();
        if (phases.Count == 0)
        {
            return;
        }

        var series = Percentiles.Select(percent => new PlotSeries(
            string.Create(CultureInfo.InvariantCulture, $"p{percent}"),
            [
                .. phases.Select(one => (
                    figures.Of(one.Target, one.Phase, result => result.Recording.PerSecond)!.Value.Median,
                    figures.Of(one.Target, one.Phase, result => Figures.Milliseconds(result, percent))!.Value.Median)),
            ])).ToList();
        Section(page, "Latency against load",
            "Open model: purchases arrive independently of one another, and a latency counts from the planned arrival.",
            Plots.Lines("Lines of latency percentiles over the rate of arrivals", "arrivals per second", "ms", isLogarithmic: true, series));
    }

    private static void OneInFlight(StringBuilder page, Figures figures)
    {
        var bars = figures.Measured.Where(one => one.Phase.Kind == PhaseKind.Unloaded)
            .Select(one => new Bar(one.Target.Name(), figures.Of(one.Target, one.Phase, result => Figures.Milliseconds(result, 50) * 1000)!.Value))
            .ToList();
        if (bars.Count > 0)
        {
            Section(page, "One in flight", "The median latency of a call that has everything to itself.",
                Plots.Bars("Bars of the median latency of each target", "µs", bars));
        }
    }

    private static void TimeLine(StringBuilder page, Figures figures, Phase phase, string title)
    {
        var run = figures.Results.LastOrDefault(result => result.Target == TargetKind.Authorise && result.Phase == phase);
        if (run is null)
        {
            return;
        }

        var seconds = run.Recording.Interval.TotalSeconds;
        // The last interval may be a part of one only.
        var intervals = run.Recording.TimeLine.Take((int)(run.Recording.Length / run.Recording.Interval)).ToList();
        Section(page, title, $"The last repetition, in steps of {seconds * 1000:0} ms.",
            Plots.Lines("Answers per second over time", "s", "answers per second", isLogarithmic: false,
                [new PlotSeries("answers", [.. run.Recording.AnsweredOverTime.Take(intervals.Count).Select((count, i) => (i * seconds, count / seconds))])])
            + Plots.Lines("Latency over time", "s", "ms", isLogarithmic: true,
                [
                    .. Percentiles.Take(3).Select(percent => new PlotSeries(
                        string.Create(CultureInfo.InvariantCulture, $"p{percent}"),
                        [.. intervals.Select((interval, i) => (i * seconds, interval.Percentile(percent) / NanosecondsInMillisecond))])),
                ])
            + Plots.Lines("Memory over time", "s", "MiB", isLogarithmic: false, [new PlotSeries("in use", run.Memory)]));
    }

    private static void Table(StringBuilder page, Figures figures)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        TextTable.Write(text, figures);
        Section(page, "All figures", "Medians over the repetitions; ratios are taken within each repetition.",
            $"<pre>{Encode(text.ToString())}</pre>");
    }

    private static void ByThemselves(StringBuilder page, IEnumerable<IScenarioResult> apart)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var result in apart)
        {
            result.Write(text);
        }

        if (text.GetStringBuilder().Length > 0)
        {
            Section(page, "Measured by themselves", "Scenarios on ledgers of their own; medians, the least and the most.",
                $"<pre>{Encode(text.ToString().Trim())}</pre>");
        }
    }

    private static void Section(StringBuilder page, string title, string caption, string content) =>
        page.AppendLine(CultureInfo.InvariantCulture, $"<h2>{Encode(title)}</h2>\n<p>{Encode(caption)}</p>\n{content}");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
