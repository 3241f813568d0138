using System.Globalization;
using Authorisation.LoadTests.Session;

namespace Authorisation.LoadTests.Results;

/// <summary>The one table that a run ends with.</summary>
internal static class TextTable
{
    private const double Percent = 100;

    private const string Head =
        "                                     per second              p50     p99   p99.9  p99.99     max  > 10 ms    processor time, µs each     MiB\n"
        + "                               median  (least – most)         ms      ms      ms      ms      ms        %   server  stores    load  server";

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, Figures figures)
    {
        output.WriteLine(Head);
        foreach (var (target, phase) in figures.Measured)
        {
            output.WriteLine(Row(figures, target, phase));
        }

        output.WriteLine();
        foreach (var (name, goal, value) in figures.Ratios.Append(("p99_ms_at_half_load", "≤ 5", figures.P99AtHalfLoad)))
        {
            if (value is { } spread)
            {
                var line = $"{name,-36}{Format(spread.Median),8}  {$"({Format(spread.Min)} – {Format(spread.Max)})",-20}";
                output.WriteLine(goal.Length == 0 ? line.TrimEnd() : $"{line}goal {goal}");
            }
        }

        static string Format(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static string Row(Figures figures, TargetKind target, Phase phase)
    {
        var rate = figures.Of(target, phase, result => result.Recording.PerSecond)!.Value;
        var name = $"{target.Name(),-16}{phase.Name,-16}";
        var rates = string.Create(
            CultureInfo.InvariantCulture, $"{rate.Median,8:#,0}  ({rate.Min:#,0} – {rate.Max:#,0})");
        return (name + rates).PadRight(58) + string.Concat(
            Milliseconds(50),
            Milliseconds(99),
            Milliseconds(99.9),
            Milliseconds(99.99),
            Milliseconds(100),
            Number(result => Figures.ShareOver10Milliseconds(result) * Percent, 9, "0.00"),
            Number(result => result.ServerMicroseconds, 9, "0.0"),
            Number(result => result.StoreMicroseconds, 8, "0.0"),
            Number(result => result.LoadMicroseconds, 8, "0.0"),
            Number(result => result.Memory[^1].Mebibytes, 8, "0"));

        string Milliseconds(double percent) => Number(result => Figures.Milliseconds(result, percent), 8, "0.00");

        string Number(Func<PhaseResult, double> what, int width, string format) =>
            figures.Of(target, phase, what)!.Value.Median.ToString(format, CultureInfo.InvariantCulture).PadLeft(width);
    }
}
