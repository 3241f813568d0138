using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>Net and VAT of prices that include VAT, against the rule in words and against examples worked by hand.</summary>
public sealed class InvoiceAmountsTests
{
    private const long Largest = 10_000_000_000_000;

    [Theory]
    // 124,02 with 6 %: 117,00 and 7,02.
    [InlineData(600, 12_402, 11_700, 702, 0)]
    [InlineData(2_500, 100, 80, 20, 0)]
    [InlineData(1_200, 11_200, 10_000, 1_200, 0)]
    // 1 has a VAT of 0.25, so 1 is a price; 2 has one of 0.5, rounded up, so 3 is: no net gives 2.
    [InlineData(2_500, 1, 1, 0, 0)]
    [InlineData(2_500, 2, 1, 0, 1)]
    [InlineData(2_500, 3, 2, 1, 0)]
    // 8 · 6 % = 0.48 makes 8, and 9 · 6 % = 0.54 makes 10: no net gives 9.
    [InlineData(600, 8, 8, 0, 0)]
    [InlineData(600, 9, 8, 0, 1)]
    [InlineData(600, 10, 9, 1, 0)]
    // 4 · 12 % = 0.48 makes 4, and 5 · 12 % = 0.6 makes 6.
    [InlineData(1_200, 5, 4, 0, 1)]
    // Half as much again as the gross: 1 + 1, 2 + 2.
    [InlineData(10_000, 3, 1, 1, 1)]
    [InlineData(0, 12_345, 12_345, 0, 0)]
    [InlineData(600, 0, 0, 0, 0)]
    public void Examples_worked_by_hand(int basisPoints, long gross, long net, long vat, long rounding)
    {
        var debit = InvoiceAmounts.Subtotal(VatCategory.Standard, basisPoints, gross);
        var credit = InvoiceAmounts.Subtotal(VatCategory.Standard, basisPoints, -gross);

        Assert.Equal((net, vat, rounding), (debit.NetMinor, debit.VatMinor, debit.RoundingMinor));
        Assert.Equal((-net, -vat, -rounding), (credit.NetMinor, credit.VatMinor, credit.RoundingMinor));
    }

    [Fact]
    public void The_net_is_the_largest_whose_net_and_VAT_fit_into_the_gross()
    {
        for (var basisPoints = 0; basisPoints <= 10_000; basisPoints += basisPoints is 600 or 1_200 or 2_500 ? 1 : 7)
        {
            for (var gross = 0L; gross <= 60; gross++)
            {
                // By trying every net there is, in decimal, as the rule has it in words.
                var largest = Enumerable.Range(0, (int)gross + 1).Last(net => net + Rounded(net, basisPoints) <= gross);
                Assert.Equal(largest, InvoiceAmounts.Subtotal(VatCategory.Standard, basisPoints, gross).NetMinor);
            }
        }
    }

    [Fact]
    public void Any_sum_is_net_and_VAT_and_at_most_one_minor_unit()
    {
        var random = new Random(25);
        for (var i = 0; i < 20_000; i++)
        {
            var basisPoints = AnyRate(random);
            var gross = AnyAmount(random, Largest);
            var tax = InvoiceAmounts.Subtotal(VatCategory.Standard, basisPoints, gross);

            Assert.Equal(Rounded(Math.Abs(tax.NetMinor), basisPoints), Math.Abs(tax.VatMinor));
            Assert.True(tax.NetMinor * (decimal)gross >= 0 && tax.VatMinor * (decimal)gross >= 0);
            Assert.InRange(tax.RoundingMinor * Math.Sign(gross), 0, 1);
            var next = Math.Abs(tax.NetMinor) + 1;
            Assert.True(next + Rounded(next, basisPoints) > Math.Abs(gross));
        }
    }

    [Fact]
    public void The_nets_of_any_lines_sum_to_the_net_of_their_sum()
    {
        var random = new Random(26);
        for (var i = 0; i < 2_000; i++)
        {
            var lines = AnyLines(random);
            var nets = InvoiceLines.WithNets(lines);
            var taxes = InvoiceLines.Subtotals(lines);

            Assert.Equal(lines.Sum(line => line.GrossMinor), taxes.Sum(tax => tax.GrossMinor));
            Assert.Equal(lines.Sum(line => line.GrossMinor), taxes.Sum(tax => tax.NetMinor + tax.VatMinor + tax.RoundingMinor));
            foreach (var tax in taxes)
            {
                var own = nets.Where(line => (line.VatCategory, line.VatBasisPoints) == (tax.Category, tax.BasisPoints)).ToList();
                Assert.Equal(tax.GrossMinor, own.Sum(line => line.GrossMinor));
                Assert.Equal(tax.NetMinor, own.Sum(line => line.NetMinor));
            }

            Assert.All(nets, line => Assert.InRange(
                line.NetMinor - (line.GrossMinor / (1 + (line.VatBasisPoints / 10_000m))), -1m, 1m));
            Assert.All(nets.Where(line => line.VatBasisPoints == 0), line => Assert.Equal(line.GrossMinor, line.NetMinor));
        }
    }

    [Fact]
    public void Sums_that_were_aggregated_first_give_the_subtotals_of_the_lines()
    {
        var random = new Random(27);
        for (var i = 0; i < 500; i++)
        {
            var lines = AnyLines(random);
            var sums = lines
                .GroupBy(line => (line.VatCategory, line.VatBasisPoints, random.Next(3)))
                .Select(same => (same.Key.VatCategory, same.Key.VatBasisPoints, same.Sum(line => line.GrossMinor)))
                .OrderBy(_ => random.Next());
            Assert.Equal(InvoiceLines.Subtotals(lines), InvoiceAmounts.Subtotals(sums));
        }
    }

    [Fact]
    public void What_is_credited_in_full_is_the_mirror_of_what_was_debited()
    {
        var random = new Random(28);
        for (var i = 0; i < 500; i++)
        {
            var basisPoints = AnyRate(random);
            var debit = Enumerable.Range(0, random.Next(1, 50)).Select(_ => 1 + random.NextInt64(1_000_000)).ToArray();
            var credit = debit.Select(gross => -gross).ToArray();
            Assert.Equal(InvoiceAmounts.Nets(basisPoints, debit), InvoiceAmounts.Nets(basisPoints, credit).Select(net => -net));
        }
    }

    [Fact]
    public void Three_tickets_of_10_kronor_share_the_net_of_30_by_largest_remainder()
    {
        // 30,00 with 6 % is 28,30 and 1,70. A ticket alone is 9,4339…: rounded down they are 28,29, and the first gets the rest.
        Assert.Equal((2_830L, 170L), (Six(3_000).NetMinor, Six(3_000).VatMinor));
        Assert.Equal([944, 943, 943], InvoiceAmounts.Nets(600, [1_000, 1_000, 1_000]));

        // The refund of one of them has lost most when it is rounded down, so it is the first to get one back.
        Assert.Equal((1_887L, 113L), (Six(2_000).NetMinor, Six(2_000).VatMinor));
        Assert.Equal([944, 943, 943, -943], InvoiceAmounts.Nets(600, [1_000, 1_000, 1_000, -1_000]));

        static TaxSubtotal Six(long gross) => InvoiceAmounts.Subtotal(VatCategory.Standard, 600, gross);
    }

    [Fact]
    public void The_example_in_the_documentation_is_right()
    {
        var lines = InvoiceLines.WithNets(
        [
            SampleInvoices.Line(1, 600, 4_500), SampleInvoices.Line(2, 600, 4_500), SampleInvoices.Line(3, 600, 1_202),
            SampleInvoices.Line(4, 2_500, 2),
        ]);

        Assert.Equal([4_245, 4_245, 1_134, 1], lines.Select(line => line.NetMinor));
        Assert.Equal(
            [(1L, 0L, 1L), (9_624, 577, 1)],
            InvoiceLines.Subtotals(lines).Select(tax => (tax.NetMinor, tax.VatMinor, tax.RoundingMinor)));
    }

    [Fact]
    public void A_sum_that_no_invoice_can_have_is_an_error_and_never_a_wrong_number()
    {
        Assert.Throws<OverflowException>(() => InvoiceAmounts.Nets(600, [long.MaxValue, 1]));
        Assert.Throws<OverflowException>(() => InvoiceAmounts.Subtotal(VatCategory.Standard, 600, long.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => InvoiceAmounts.Subtotal(VatCategory.Standard, -1, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => InvoiceAmounts.Subtotal(VatCategory.Standard, 10_001, 100));
    }

    private static long Rounded(long net, int basisPoints) =>
        (long)Math.Round(net * (decimal)basisPoints / 10_000m, MidpointRounding.AwayFromZero);

    private static int AnyRate(Random random) => random.Next(3) == 0 ? random.Next(1, 10_001) : new[] { 0, 600, 1_200, 2_500 }[random.Next(4)];

    /// <summary>Of either sign and any size, small ones as likely as large ones.</summary>
    private static long AnyAmount(Random random, long largest)
    {
        var size = (long)Math.Pow(largest, random.NextDouble());
        return random.Next(4) == 0 ? -size : size;
    }

    private static InvoiceLine[] AnyLines(Random random)
    {
        var rates = Enumerable.Range(0, random.Next(1, 4)).Select(_ => AnyRate(random)).Distinct().ToArray();
        return [.. Enumerable.Range(1, random.Next(1, 501)).Select(number =>
        {
            var rate = rates[random.Next(rates.Length)];
            return SampleInvoices.Line(number, rate, AnyAmount(random, Largest / 1_000)) with
            {
                VatCategory = rate > 0 ? VatCategory.Standard : random.Next(2) == 0 ? VatCategory.ZeroRated : VatCategory.OutsideScope,
            };
        })];
    }
}
