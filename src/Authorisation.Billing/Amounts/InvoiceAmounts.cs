using Authorisation.Core;

namespace Authorisation.Billing.Amounts;

/// <summary>
/// Net and VAT of prices that include VAT. VAT is computed once for each category and rate of an invoice, from the sum
/// of its lines, and the lines share the net by largest remainder: docs/decisions/025.
/// </summary>
internal static class InvoiceAmounts
{
    /// <summary>A whole, in hundredths of a percent.</summary>
    private const int Whole = 10_000;

    /// <summary>Net, VAT and rounding of a sum that includes VAT.</summary>
    /// <param name="category">The VAT category; it does not change the arithmetic.</param>
    /// <param name="basisPoints">The rate, 0 to 10,000.</param>
    /// <param name="grossMinor">The sum of an invoice's amounts of this category and rate, of either sign.</param>
    /// <exception cref="OverflowException">The sum is beyond what an invoice can have.</exception>
    public static TaxSubtotal Subtotal(VatCategory category, int basisPoints, long grossMinor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(basisPoints);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(basisPoints, Whole);
        var sign = Math.Sign(grossMinor);
        var gross = Math.Abs(grossMinor);

        // With N the net rounded down, N + VAT(N) never exceeds the gross; and no net above N + 1 can fit into it.
        var net = Net(gross, basisPoints);
        if (net + 1 + Vat(net + 1, basisPoints) <= gross)
        {
            net++;
        }

        return new TaxSubtotal(category, basisPoints, grossMinor, sign * net, sign * Vat(net, basisPoints));
    }

    /// <summary>The subtotals of an invoice from its gross sums, by category and rate in a fixed order.</summary>
    /// <param name="sums">
    /// Any number of sums for each category and rate; one that comes to 0 is a subtotal of 0.
    /// </param>
    public static IReadOnlyList<TaxSubtotal> Subtotals(IEnumerable<(VatCategory Category, int BasisPoints, long GrossMinor)> sums) =>
        [.. from sum in sums
            group sum.GrossMinor by (sum.Category, sum.BasisPoints) into same
            let gross = same.Sum()
            orderby VatLetters.Rank(same.Key.Category), same.Key.BasisPoints descending
            select Subtotal(same.Key.Category, same.Key.BasisPoints, gross)];

    /// <summary>
    /// The nets of amounts of one category and rate: each rounded down, and what then lacks in the net of their sum
    /// given to those that lost most, the first among equals first.
    /// </summary>
    public static long[] Nets(int basisPoints, IReadOnlyList<long> grossMinor)
    {
        var total = grossMinor.Sum();
        if (total < 0)
        {
            // A credit is the mirror of its debit, line by line.
            return [.. Nets(basisPoints, [.. grossMinor.Select(gross => -gross)]).Select(net => -net)];
        }

        var nets = new long[grossMinor.Count];
        var lost = new long[grossMinor.Count];
        for (var i = 0; i < nets.Length; i++)
        {
            nets[i] = Net(grossMinor[i], basisPoints);
            lost[i] = (long)(((Int128)grossMinor[i] * Whole) - ((Int128)nets[i] * (Whole + basisPoints)));
        }

        var lacking = Subtotal(VatCategory.Standard, basisPoints, total).NetMinor - nets.Sum();
        foreach (var i in Enumerable.Range(0, nets.Length).OrderByDescending(i => lost[i]).ThenBy(i => i).Take(checked((int)lacking)))
        {
            nets[i]++;
        }

        return nets;
    }

    /// <summary>gross / (1 + rate), rounded down: towards the smaller number for negative amounts too.</summary>
    private static long Net(long gross, int basisPoints)
    {
        var (quotient, remainder) = Int128.DivRem((Int128)gross * Whole, Whole + basisPoints);
        return checked((long)(remainder < 0 ? quotient - 1 : quotient));
    }

    /// <summary>net · rate for a net of 0 or more, a half rounded up.</summary>
    private static long Vat(long net, int basisPoints) => checked((long)((((Int128)net * basisPoints) + (Whole / 2)) / Whole));
}
