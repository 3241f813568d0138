using System.Globalization;

namespace Authorisation.LoadTests.Report;

/// <summary>Draws plots as SVG.</summary>
internal static class Plots
{
    private const double BarShare = 0.62;

    /// <summary>Lines over numbers.</summary>
    public static string Lines(
        string description, string across, string up, bool isLogarithmic, IReadOnlyList<PlotSeries> series)
    {
        var canvas = new SvgCanvas(description);
        var acrossAxis = new Axis(series.SelectMany(one => one.Points).Select(point => point.X), isLogarithmic: false);
        var upAxis = new Axis(series.SelectMany(one => one.Points).Select(point => point.Y), isLogarithmic);
        canvas.UpAxis(upAxis, up);
        canvas.AcrossAxis(acrossAxis, across);
        for (var i = 0; i < series.Count; i++)
        {
            var points = string.Join(' ', series[i].Points.Select(point => string.Create(
                CultureInfo.InvariantCulture,
                $"{SvgCanvas.X(acrossAxis.Place(point.X)):0.#},{SvgCanvas.Y(upAxis.Place(point.Y)):0.#}")));
            canvas.Add($"<polyline fill=\"none\" stroke=\"{SvgCanvas.Colour(i)}\" stroke-width=\"2\" points=\"{points}\"/>");
            foreach (var (x, y) in series[i].Points)
            {
                canvas.Add($"<circle cx=\"{SvgCanvas.X(acrossAxis.Place(x)):0.#}\" cy=\"{SvgCanvas.Y(upAxis.Place(y)):0.#}\" r=\"2.5\" fill=\"{SvgCanvas.Colour(i)}\"/>");
            }

            canvas.Legend(i, series[i].Name);
        }

        return canvas.ToString();
    }

    /// <summary>Bars with whiskers.</summary>
    public static string Bars(string description, string up, IReadOnlyList<Bar> bars)
    {
        var canvas = new SvgCanvas(description);
        var axis = new Axis(bars.Select(bar => bar.Value.Max), isLogarithmic: false);
        canvas.UpAxis(axis, up);
        var step = 1.0 / bars.Count;
        for (var i = 0; i < bars.Count; i++)
        {
            var (name, value) = bars[i];
            var left = SvgCanvas.X((i + ((1 - BarShare) / 2)) * step);
            var width = SvgCanvas.X(BarShare * step) - SvgCanvas.Left;
            var top = SvgCanvas.Y(axis.Place(value.Median));
            var middle = left + (width / 2);
            var (high, low) = (SvgCanvas.Y(axis.Place(value.Max)), SvgCanvas.Y(axis.Place(value.Min)));
            canvas.Add($"<rect x=\"{left:0.#}\" y=\"{top:0.#}\" width=\"{width:0.#}\" height=\"{SvgCanvas.Bottom - top:0.#}\" fill=\"{SvgCanvas.Colour(i)}\"/>");
            canvas.Add($"<line class=\"axis\" x1=\"{middle:0.#}\" x2=\"{middle:0.#}\" y1=\"{high:0.#}\" y2=\"{low:0.#}\"/>");
            canvas.Text(middle, SvgCanvas.Bottom + 18, "middle", name);
            canvas.Text(middle, SvgCanvas.Bottom + 36, "middle", value.Median.ToString("#,0", CultureInfo.InvariantCulture));
        }

        canvas.Add($"<line class=\"axis\" x1=\"{SvgCanvas.Left}\" x2=\"{SvgCanvas.Right}\" y1=\"{SvgCanvas.Bottom}\" y2=\"{SvgCanvas.Bottom}\"/>");
        return canvas.ToString();
    }
}
