using System.Globalization;

namespace Authorisation.LoadTests.Report;

/// <summary>Numbers to places along an axis, and the round numbers to mark on it.</summary>
internal sealed class Axis
{
    private const int TicksWanted = 6;
    private readonly bool _isLogarithmic;
    private readonly double _low;
    private readonly double _high;

    /// <summary>An axis that holds all values.</summary>
    public Axis(IEnumerable<double> values, bool isLogarithmic)
    {
        var all = values.Where(value => !isLogarithmic || value > 0).DefaultIfEmpty(1).ToList();
        _isLogarithmic = isLogarithmic;
        if (isLogarithmic)
        {
            _low = Math.Pow(10, Math.Floor(Math.Log10(all.Min())));
            _high = Math.Max(_low * 10, Math.Pow(10, Math.Ceiling(Math.Log10(all.Max()))));
            Ticks = [.. Decades()];
        }
        else
        {
            var step = RoundStep(Math.Max(all.Max(), 1e-9) / TicksWanted);
            _low = 0;
            _high = Math.Ceiling(all.Max() / step) * step;
            Ticks = [.. Enumerable.Range(0, (int)Math.Round(_high / step) + 1).Select(i => i * step)];
        }
    }

    /// <summary>The numbers to mark.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Where a number lies: 0 at the axis's beginning, 1 at its end.</summary>
    public double Place(double value) => _isLogarithmic
        ? (Math.Log10(Math.Max(value, _low)) - Math.Log10(_low)) / (Math.Log10(_high) - Math.Log10(_low))
        : (value - _low) / (_high - _low);

    /// <summary>A number as it is written beside its mark.</summary>
    public static string Text(double value) => value switch
    {
        >= 10_000 => (value / 1000).ToString("#,0.#", CultureInfo.InvariantCulture) + " k",
        _ => value.ToString("#,0.###", CultureInfo.InvariantCulture),
    };

    private static double RoundStep(double step)
    {
        var decade = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / decade) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 5 => 5,
            _ => 10,
        } * decade;
    }

    private IEnumerable<double> Decades()
    {
        for (var tick = _low; tick <= _high * 1.001; tick *= 10)
        {
            yield return tick;
        }
    }
}
