using System.Globalization;

namespace Authorisation.LoadTests.Session;

/// <summary>A phase of load on a target.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Share">For the open model, the share of the throughput at saturation; else 0.</param>
/// <param name="Rate">For a fixed rate, how many purchases arrive in a second; else 0.</param>
internal readonly record struct Phase(PhaseKind Kind, double Share = 0, int Rate = 0)
{
    /// <summary>What the goal for latency is measured at.</summary>
    public const double Half = 0.5;

    /// <summary>How it is called in the table.</summary>
    public string Name => Kind switch
    {
        PhaseKind.Unloaded => "one in flight",
        PhaseKind.Open => string.Create(CultureInfo.InvariantCulture, $"open, {Share:0%} load"),
        PhaseKind.Rate => string.Create(CultureInfo.InvariantCulture, $"{Rate:#,0} a second"),
        _ => Kind.ToString().ToLowerInvariant(),
    };
}
