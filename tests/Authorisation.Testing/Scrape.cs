using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace Authorisation.Testing;

/// <summary>What a scrape of a host's metrics found, in the text format of Prometheus. It does not change.</summary>
public sealed partial class Scrape
{
    private static readonly HttpClient Http = new() { Timeout = Eventually.Bound };

    private readonly List<(string Name, Dictionary<string, string> Labels, double Value)> _samples = [];

    private Scrape(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n').Where(static line => line.Length > 0))
        {
            if (Family().Match(line) is { Success: true } family)
            {
                Families[family.Groups["name"].Value] = family.Groups["type"].Value;
            }
            else if (Sample().Match(line) is { Success: true } sample)
            {
                var labels = Label().Matches(sample.Groups["labels"].Value)
                    .ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value, StringComparer.Ordinal);
                _samples.Add((
                    sample.Groups["name"].Value, labels, double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)));
            }
        }
    }

    /// <summary>As it was answered.</summary>
    public string Text { get; }

    /// <summary>The metrics that have a value, by name, with their types.</summary>
    public Dictionary<string, string> Families { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of our own metrics.</summary>
    public IEnumerable<string> Ours => Families.Keys.Where(static name => name.StartsWith("authorisation_", StringComparison.Ordinal));

    /// <summary>Scrapes.</summary>
    public static async Task<Scrape> OfAsync(Uri metrics) => new(await Http.GetStringAsync(metrics));

    /// <summary>Scrapes until something is found.</summary>
    public static async Task<Scrape> UntilAsync(Uri metrics, Func<Scrape, bool> condition, string because)
    {
        Scrape? found = null;
        try
        {
            await Eventually.TrueAsync(
                async () => condition(found = await OfAsync(metrics)), Eventually.ProcessBound, because);
        }
        catch (XunitException e) when (found is not null)
        {
            var ours = found.Text.Split('\n').Where(static line => line.StartsWith("authorisation_", StringComparison.Ordinal));
            throw new XunitException($"{e.Message}{Environment.NewLine}{string.Join(Environment.NewLine, ours)}", e);
        }

        return found!;
    }

    /// <summary>The sum of the samples of a metric that have these labels; null when there is none.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="labels">Names and values in turn.</param>
    public double? Value(string name, params string[] labels)
    {
        var values = _samples
            .Where(sample => sample.Name == name && Enumerable.Range(0, labels.Length / 2).All(
                i => sample.Labels.GetValueOrDefault(labels[2 * i]) == labels[(2 * i) + 1]))
            .Select(static sample => sample.Value)
            .ToList();
        return values.Count == 0 ? null : values.Sum();
    }

    /// <summary>The names of all labels of a metric.</summary>
    public IReadOnlySet<string> LabelsOf(string name) =>
        _samples.Where(sample => sample.Name == name).SelectMany(static sample => sample.Labels.Keys).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("^# TYPE (?<name>\\S+) (?<type>\\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Family();

    [GeneratedRegex("^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?<labels>.*)\\})? (?<value>[-+0-9.eEInfNa]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
