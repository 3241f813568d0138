using System.Globalization;

namespace Authorisation.Core;

/// <summary>The rates of VAT that an operator's purchases may have; never changed once made.</summary>
public sealed class VatRates : IEquatable<VatRates>
{
    private readonly VatRate[] _rates;

    /// <summary>A set of rates.</summary>
    public VatRates(params IEnumerable<VatRate> rates)
    {
        _rates = [.. rates.Distinct().OrderBy(rate => VatLetters.Rank(rate.Category)).ThenByDescending(
            rate => rate.BasisPoints)];
        InWords = Words();
    }

    /// <summary>The rates, S first and the highest first.</summary>
    public IReadOnlyList<VatRate> All => _rates;

    /// <summary>
    /// All of them, for the error about any other: <c>2500, 1200 or 600 with vat_category S, or 0 with Z or O</c>.
    /// </summary>
    public string InWords { get; }

    /// <summary>The rates of a country: those of passenger transport, goods and services, and the two of 0.</summary>
    /// <param name="country"><c>SE</c> or <c>NO</c>.</param>
    public static VatRates OfCountry(string country)
    {
        int[] standard = country == "NO" ? [2500, 1500, 1200] : [2500, 1200, 600];
        return new VatRates(
            standard.Select(rate => new VatRate(VatCategory.Standard, rate))
                .Append(new VatRate(VatCategory.ZeroRated, 0)).Append(new VatRate(VatCategory.OutsideScope, 0)));
    }

    /// <summary>The rates in force: the operator's choice, else its country's; and its own rate in any case.</summary>
    /// <param name="chosen">
    /// What the operator chose, in the form of <see cref="VatRate.Parse"/>; null for nothing.
    /// </param>
    /// <param name="country"><c>SE</c> or <c>NO</c>.</param>
    /// <param name="ownBasisPoints">The standard rate of a purchase that names none.</param>
    public static VatRates InForce(IEnumerable<string>? chosen, string country, int ownBasisPoints) => new(
        (chosen is null ? OfCountry(country).All : chosen.Select(VatRate.Parse))
            .Append(new VatRate(VatCategory.Standard, ownBasisPoints)));

    /// <summary>Whether a purchase may have the rate.</summary>
    public bool Contains(VatRate rate) => Array.IndexOf(_rates, rate) >= 0;

    /// <summary>Whether some category has this many hundredths of a percent.</summary>
    public bool HasBasisPoints(int basisPoints) => Array.Exists(_rates, rate => rate.BasisPoints == basisPoints);

    /// <inheritdoc/>
    public bool Equals(VatRates? other) => other is not null && _rates.AsSpan().SequenceEqual(other._rates);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VatRates);

    /// <inheritdoc/>
    public override int GetHashCode() => InWords.GetHashCode(StringComparison.Ordinal);

    private string Words()
    {
        var standard = _rates.Where(rate => rate.Category == VatCategory.Standard)
            .Select(rate => rate.BasisPoints.ToString(CultureInfo.InvariantCulture)).ToArray();
        var zero = _rates.Where(rate => rate.Category != VatCategory.Standard).Select(
            rate => VatLetters.Of(rate.Category)).ToArray();
        string[] parts =
        [
            .. standard.Length > 0
                ? [$"{Or(standard)} with vat_category {VatLetters.Of(VatCategory.Standard)}"]
                : Array.Empty<string>(),
            .. zero.Length > 0 ? [$"0 with {(standard.Length > 0 ? "" : "vat_category ")}{Or(zero)}"] : Array.Empty<string>(),
        ];
        return string.Join(", or ", parts);

        static string Or(string[] words) => words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
    }
}
