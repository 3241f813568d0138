using System.Globalization;

namespace Authorisation.LoadTests.Results;

/// <summary>The median of repeated measurements, and the least and most of them.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <summary>As the median, and the least and the most of them.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Median:#,0.0#} ({Min:#,0.0#} – {Max:#,0.0#})");

    /// <summary>Of some measurements; <see langword="null"/> of none.</summary>
    public static Spread? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
        {
            return null;
        }

        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}
