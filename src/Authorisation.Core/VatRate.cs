using System.Globalization;

namespace Authorisation.Core;

/// <summary>A category of VAT with its rate.</summary>
/// <param name="Category">The category.</param>
/// <param name="BasisPoints">The rate in hundredths of a percent: above 0 for S, 0 for Z and O.</param>
public readonly record struct VatRate(VatCategory Category, int BasisPoints)
{
    /// <summary>As it is stored, such as <c>S600</c> or <c>Z0</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{VatLetters.Of(Category)}{BasisPoints}");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static VatRate Parse(string text) => text.Length > 1 && VatLetters.Find(text.AsSpan(0, 1)) is { } category
        ? new VatRate(category, int.Parse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture))
        : throw new FormatException($"{text} is no rate of VAT.");

    /// <summary>Whether an e-invoice of a seller in a country can have it.</summary>
    /// <param name="country">
    /// <c>SE</c>: receivers refuse any other standard rate than 25, 12 and 6 % (SE-R-006). <c>NO</c>: any rate.
    /// </param>
    public bool IsExpressibleIn(string country) => Category != VatCategory.Standard
        ? BasisPoints == 0
        : country == "SE" ? BasisPoints is 2500 or 1200 or 600 : BasisPoints is > 0 and <= Limits.VatBasisPointsMax;
}
