using Authorisation.Core;

namespace Authorisation.Billing.Amounts;

/// <summary>What an invoice has of one VAT category and rate, in minor units.</summary>
/// <param name="Category">The category.</param>
/// <param name="BasisPoints">The rate in hundredths of a percent.</param>
/// <param name="GrossMinor">The sum of the lines, VAT included.</param>
/// <param name="NetMinor">What VAT is computed on.</param>
/// <param name="VatMinor">The VAT on <paramref name="NetMinor"/>, rounded to a minor unit.</param>
internal sealed record TaxSubtotal(VatCategory Category, int BasisPoints, long GrossMinor, long NetMinor, long VatMinor)
{
    /// <summary>What net and VAT leave of the gross: -1, 0 or 1 minor unit.</summary>
    public long RoundingMinor => GrossMinor - NetMinor - VatMinor;
}
