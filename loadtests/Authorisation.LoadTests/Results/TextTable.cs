using System.Globalization;

namespace Authorisation.LoadTests.Results;

/// <summary>The one table that a run ends with.</summary>
internal static class TextTable
{
    private const string Head =
        "                                     per second              p50     p99   p99.9     max    processor time, µs each     MiB\n"
        + "                               median  (least – most)         ms      ms      ms      ms   server  stores    load  server";

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, Figures figures)
    {
        output.WriteLine(Head);
        foreach (var (target, phase) in figures.Measured)
        {
            var rate = figures.Of(target, phase, result => result.Recording.PerSecond)!.Value;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Session.TargetNames.Name(target),-16}{phase.Name,-16}{rate.Median,8:#,0}  ({rate.Min:#,0} – {rate.Max:#,0})")
                .PadRight(58)
                + string.Concat(
                    Milliseconds(50), Milliseconds(99), Milliseconds(99.9), Milliseconds(100),
                    Number(result => result.ServerMicroseconds, 9), Number(result => result.StoreMicroseconds, 8),
                    Number(result => result.LoadMicroseconds, 8),
                    figures.Of(target, phase, result => result.ServerMebibytes)!.Value.Median.ToString("0", CultureInfo.InvariantCulture).PadLeft(8)));

            string Milliseconds(double percent) => Number(result => Figures.Milliseconds(result, percent), 8, "0.00");
            string Number(Func<PhaseResult, double> what, int width, string format = "0.0") =>
                figures.Of(target, phase, what)!.Value.Median.ToString(format, CultureInfo.InvariantCulture).PadLeft(width);
        }

        output.WriteLine();
        foreach (var (name, value) in figures.Ratios)
        {
            Line(output, name, value, "0.00");
        }

        Line(output, "p99_ms_at_half_load", figures.P99AtHalfLoad, "0.00");
    }

    private static void Line(TextWriter output, string name, Spread? value, string format)
    {
        if (value is { } spread)
        {
            output.WriteLine($"{name,-36}{Format(spread.Median),8}  ({Format(spread.Min)} – {Format(spread.Max)})");
        }

        string Format(double number) => number.ToString(format, CultureInfo.InvariantCulture);
    }
}
