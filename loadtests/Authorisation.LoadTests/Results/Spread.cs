namespace Authorisation.LoadTests.Results;

/// <summary>The median of repeated measurements, and the least and most of them.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
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
