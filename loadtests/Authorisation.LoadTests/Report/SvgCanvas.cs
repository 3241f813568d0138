using System.Globalization;
using System.Net;
using System.Text;

namespace Authorisation.LoadTests.Report;

/// <summary>An SVG picture with a plot area between two axes, being drawn.</summary>
internal sealed class SvgCanvas
{
    /// <summary>The width of the picture, in its own units.</summary>
    public const int Width = 820;

    /// <summary>The height of the picture.</summary>
    public const int Height = 360;

    /// <summary>The left edge of the plot area.</summary>
    public const int Left = 70;

    /// <summary>The right edge of the plot area.</summary>
    public const int Right = Width - 170;

    /// <summary>The upper edge of the plot area.</summary>
    public const int Top = 16;

    /// <summary>The lower edge of the plot area.</summary>
    public const int Bottom = Height - 50;

    // Okabe and Ito's colours, which people who see colours differently can tell apart.
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    private readonly StringBuilder _svg = new();

    /// <summary>Begins a picture.</summary>
    /// <param name="description">What it shows, for those who do not see it.</param>
    public SvgCanvas(string description) => Add(
        $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(description)}\">");

    /// <summary>The colour of the series of that number.</summary>
    public static string Colour(int series) => Colours[series % Colours.Length];

    /// <summary>The place across of a share of the plot area.</summary>
    public static double X(double share) => Left + (share * (Right - Left));

    /// <summary>The place down of a share of the plot area, counted from below.</summary>
    public static double Y(double share) => Bottom - (share * (Bottom - Top));

    /// <summary>Adds raw SVG; numbers are written with a point.</summary>
    public void Add(FormattableString svg) => _svg.AppendLine(svg.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds text.</summary>
    public void Text(double x, double y, string anchor, string text) =>
        Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");

    /// <summary>Draws the axis on the left with lines across at its marks.</summary>
    public void UpAxis(Axis axis, string label)
    {
        foreach (var tick in axis.Ticks)
        {
            var y = Y(axis.Place(tick));
            Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            Text(Left - 8, y + 4, "end", Axis.Text(tick));
        }

        Add($"<text transform=\"translate(16 {(Top + Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(label)}</text>");
    }

    /// <summary>Draws the axis below.</summary>
    public void AcrossAxis(Axis axis, string label)
    {
        foreach (var tick in axis.Ticks)
        {
            var x = X(axis.Place(tick));
            Add($"<line class=\"axis\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Bottom}\" y2=\"{Bottom + 5}\"/>");
            Text(x, Bottom + 19, "middle", Axis.Text(tick));
        }

        Add($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{Bottom}\" y2=\"{Bottom}\"/>");
        Text((Left + Right) / 2.0, Height - 10, "middle", label);
    }

    /// <summary>Names a series on the right.</summary>
    public void Legend(int series, string name)
    {
        var y = Top + 10 + (series * 20);
        Add($"<rect x=\"{Right + 16}\" y=\"{y - 6}\" width=\"14\" height=\"4\" fill=\"{Colour(series)}\"/>");
        Text(Right + 36, y, "start", name);
    }

    /// <summary>Ends the picture.</summary>
    public override string ToString() => _svg + "</svg>";
}
