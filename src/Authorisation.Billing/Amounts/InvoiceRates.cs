using Authorisation.Administration.Operators;
using Authorisation.Core;

namespace Authorisation.Billing.Amounts;

/// <summary>
/// The rates of VAT on invoices. Purchases are refused at rates that no e-invoice of the operator's country can have;
/// an older row is on the invoice at the operator's own rate: docs/decisions/027.
/// </summary>
internal static class InvoiceRates
{
    /// <summary>What an invoice comes to by rate.</summary>
    /// <param name="sums">Gross amounts in minor units, as the rows have them.</param>
    /// <param name="terms">The operator.</param>
    /// <returns>
    /// The subtotals; and the rate, in hundredths of a percent, that stands instead of others, null where there are
    /// none.
    /// </returns>
    public static (IReadOnlyList<TaxSubtotal> Taxes, int? Instead) Settle(
        IEnumerable<(VatRate Rate, long GrossMinor)> sums, OperatorTerms terms)
    {
        var all = sums.ToList();
        var own = new VatRate(VatCategory.Standard, terms.VatBasisPoints);
        int? instead = own.IsExpressibleIn(terms.Country) && all.Any(sum => !sum.Rate.IsExpressibleIn(terms.Country))
            ? own.BasisPoints : null;
        var taxes = InvoiceAmounts.Subtotals(all.Select(sum => (Rate: Of(sum.Rate, terms.Country, instead), sum.GrossMinor))
            .Select(sum => (sum.Rate.Category, sum.Rate.BasisPoints, sum.GrossMinor)));
        return (taxes, instead);
    }

    /// <summary>The rate of a row on an invoice.</summary>
    /// <param name="rate">The row's own.</param>
    /// <param name="country">The seller's.</param>
    /// <param name="instead">What <see cref="Settle"/> gave when the invoice was made.</param>
    public static VatRate Of(VatRate rate, string country, int? instead) => instead is { } own && !rate.IsExpressibleIn(country)
        ? new VatRate(VatCategory.Standard, own) : rate;
}
