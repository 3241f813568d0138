using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Xunit;
using static Authorisation.Admin.Tests.Invoices.SampleInvoices;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>Which lines the rows of the ledger become.</summary>
public sealed class InvoiceLinesTests
{
    private const string Card = "9900000000001234";

    [Fact]
    public void Each_purchase_in_an_app_is_a_line_with_its_billing_snapshot()
    {
        var row = Row(12_402) with { Purpose = "Kundbesök", Product = "single-adult", CostCentre = "4217" };
        var line = Assert.Single(Lines([row]));

        Assert.Equal((1, 1, "app", "Köp"), (line.Number, line.Count, line.Instrument, line.Description));
        Assert.Equal((12_402L, 11_700L, 600), (line.GrossMinor, line.NetMinor, line.VatBasisPoints));
        Assert.Equal(("Kundbesök", "single-adult", "4217"), (line.Purpose, line.Product, line.CostCentre));
        Assert.Equal((row.OccurredAt, row.RecordedAt), (line.OccurredAt, line.RecordedAt!.Value));
        Assert.Equal((row.DepartmentId, row.TravellerId, "Anna Ek"), (line.DepartmentId, line.TravellerId!.Value, line.Traveller));
    }

    [Fact]
    public void The_rows_of_a_card_are_summed_with_their_number()
    {
        var line = Assert.Single(Lines([OnCard(4_200, 1), OnCard(4_200, 2), OnCard(-4_200, 3), OnCard(5_600, 4)], itemisesCards: false));

        Assert.Equal((9_800L, 4, "card ····1234", "Resor med kort"), (line.GrossMinor, line.Count, line.Instrument, line.Description));
        Assert.Null(line.MadeAt);
        Assert.Null(line.Purpose);
    }

    [Fact]
    public void The_rows_of_a_card_are_lines_of_their_own_where_cards_are_itemised() =>
        Assert.Equal([4_200, 5_600], Lines([OnCard(5_600, 2), OnCard(4_200, 1)], itemisesCards: true).Select(line => line.GrossMinor));

    [Fact]
    public void What_differs_in_card_department_traveller_cost_centre_rate_or_category_is_not_summed()
    {
        var one = OnCard(4_200, 1);
        BilledRow[] rows =
        [
            one,
            one with { Id = Guid.NewGuid(), CardNumber = "8800000000001234" },
            one with { Id = Guid.NewGuid(), DepartmentId = Guid.NewGuid() },
            one with { Id = Guid.NewGuid(), TravellerId = Guid.NewGuid() },
            one with { Id = Guid.NewGuid(), CostCentre = "4217" },
            one with { Id = Guid.NewGuid(), VatBasisPoints = 2_500 },
            one with { Id = Guid.NewGuid(), VatBasisPoints = 0, VatCategory = VatCategory.ZeroRated },
            one with { Id = Guid.NewGuid(), VatBasisPoints = 0, VatCategory = VatCategory.OutsideScope },
        ];

        Assert.Equal(rows.Length, Lines(rows, itemisesCards: false).Count);
        Assert.All(Lines(rows, itemisesCards: false), line => Assert.Equal("card ····1234", line.Instrument));
    }

    [Fact]
    public void What_a_card_has_of_an_earlier_month_is_a_line_of_its_own_that_names_the_month()
    {
        var late = OnCard(-4_200, 2) with { Kind = OperationKind.Refund, CreditMonth = CreditMonth.FromNumber(202610) };
        Assert.Equal(
            [(8_400L, 2, "Resor med kort"), (-4_200L, 1, "Resor med kort (2026-10)")],
            Lines([OnCard(4_200, 1), late, OnCard(4_200, 3)], itemisesCards: false)
                .OrderByDescending(line => line.GrossMinor).Select(line => (line.GrossMinor, line.Count, line.Description)));
    }

    [Fact]
    public void A_card_whose_rows_cancel_out_has_no_line() =>
        Assert.Empty(Lines([OnCard(4_200, 1), OnCard(-4_200, 2)], itemisesCards: false));

    [Fact]
    public void A_traveller_renamed_within_the_month_has_one_line_with_the_later_name()
    {
        var line = Assert.Single(Lines([OnCard(1, 1) with { Traveller = "Anna Ek" }, OnCard(1, 2) with { Traveller = "Anna Al" }], itemisesCards: false));
        Assert.Equal("Anna Al", line.Traveller);
    }

    [Fact]
    public void Lines_stand_by_department_traveller_instrument_time_and_id_however_the_rows_come()
    {
        BilledRow[] inOrder =
        [
            Row(1, 5) with { Department = "A", Traveller = "A" },
            Row(2, 4) with { Department = "A", Traveller = "B" },
            OnCard(3, 3) with { Department = "A", Traveller = "B" },
            Row(4, 1) with { Department = "B", Traveller = "A" },
            Row(5, 2) with { Department = "B", Traveller = "A" },
            Row(6, 3) with { Department = "B", Traveller = "A", OccurredAt = Row(5, 2).OccurredAt },
        ];
        inOrder = [.. inOrder[..4], .. inOrder[4..].OrderBy(row => row.Id)];
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            var shuffled = inOrder.ToArray();
            random.Shuffle(shuffled);
            var lines = Lines(shuffled);
            Assert.Equal(inOrder.Select(row => row.AmountMinor), lines.Select(line => line.GrossMinor));
            Assert.Equal(Enumerable.Range(1, 6), lines.Select(line => line.Number));
        }
    }

    [Theory]
    [InlineData(null, "sv", "Köp")]
    [InlineData(OperationKind.Advice, "sv", "Köp, rapporterat i efterhand")]
    [InlineData(OperationKind.Refund, "sv", "Återköp")]
    [InlineData(OperationKind.Void, "sv", "Makulerad biljett")]
    [InlineData(OperationKind.Capture, "sv", "Köp av reservation")]
    [InlineData(null, "nb", "Kjøp")]
    [InlineData(OperationKind.Refund, "nb", "Refusjon")]
    [InlineData(OperationKind.Void, "en", "Voided ticket")]
    [InlineData(OperationKind.Match, "en", "Purchase, assigned afterwards")]
    public void A_line_says_what_it_is_in_the_operators_language(OperationKind? kind, string language, string expected)
    {
        var locale = Swedish with { Language = language };
        Assert.Equal(expected, Assert.Single(InvoiceLines.Of([Row(100) with { Kind = kind }], November, true, locale, ProductTexts.None)).Description);
    }

    [Theory]
    [InlineData(OperationKind.Refund, "Återköp (2026-11-01)")]
    [InlineData(OperationKind.Capture, "Köp av reservation (2026-11-01)")]
    [InlineData(OperationKind.Advice, "Köp, rapporterat i efterhand (2026-11-01)")]
    public void What_is_of_an_earlier_month_says_on_which_day_of_the_operator_it_was_made(OperationKind kind, string expected)
    {
        var lateEvening = new DateTimeOffset(2026, 10, 31, 23, 30, 0, TimeSpan.Zero);
        var row = Row(100) with { Kind = kind, CreditMonth = CreditMonth.FromNumber(202610), OccurredAt = lateEvening };
        Assert.Equal(expected, Assert.Single(Lines([row])).Description);
    }

    [Theory]
    [InlineData(null, "single-adult", "Enkelbiljett, vuxen")]
    [InlineData(null, "period-30", "period-30")]
    [InlineData(null, null, "Köp")]
    [InlineData(null, "\u0001", "Köp")]
    [InlineData(OperationKind.Refund, "single-adult", "Återköp: Enkelbiljett, vuxen")]
    [InlineData(OperationKind.Advice, "single-adult", "Köp, rapporterat i efterhand: Enkelbiljett, vuxen")]
    [InlineData(OperationKind.Refund, null, "Återköp")]
    public void A_line_is_named_by_what_was_bought_in_the_operators_words(OperationKind? kind, string? product, string expected)
    {
        var texts = new ProductTexts(new Dictionary<string, string>(StringComparer.Ordinal) { ["single-adult"] = "Enkelbiljett, vuxen" });
        var line = Assert.Single(InvoiceLines.Of([Row(100) with { Kind = kind, Product = product }], November, true, Swedish, texts));
        Assert.Equal((expected, product), (line.Name, line.Product));

        var item = UblDocument.Read(PeppolXml.Write(Of(Row(100)) with { Lines = [line] }, Swedish));
        Assert.Equal(expected, item.Text("cac:InvoiceLine/cac:Item/cbc:Name"));
    }

    [Fact]
    public void A_sum_of_an_older_month_that_comes_to_nothing_is_a_line_as_it_is_seen_nowhere_else()
    {
        var october = CreditMonth.FromNumber(202610);
        var late = new[] { OnCard(100, 1) with { CreditMonth = october }, OnCard(-100, 2) with { CreditMonth = october } };
        var line = Assert.Single(Lines([.. late, OnCard(50, 3), OnCard(-50, 4)], itemisesCards: false));
        Assert.Equal((0, 2, "Resor med kort (2026-10)"), (line.GrossMinor, line.Count, line.Description));
        var invoice = Of([.. late, Row(200, 5)], itemisesCards: false);
        Assert.Empty(PeppolXml.Missing(invoice));
        Assert.Empty(PeppolRules.Broken(UblDocument.Read(PeppolXml.Write(invoice, Swedish))));
    }

    [Fact]
    public void No_more_of_a_card_than_its_last_four_digits_is_in_any_line()
    {
        var random = new Random(2);
        for (var i = 0; i < 50; i++)
        {
            Assert.All(Any(random).Lines, line => Assert.Matches("^(app|card ····[0-9]{4})$", line.Instrument));
        }
    }

    [Fact]
    public void Lines_sum_to_the_rows_and_their_nets_to_the_invoice()
    {
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            var invoice = Any(random);
            Assert.Equal(invoice.TotalMinor, invoice.Lines.Sum(line => line.GrossMinor));
            Assert.Equal(invoice.NetMinor, invoice.Lines.Sum(line => line.NetMinor));
            Assert.Equal(invoice.TotalMinor, invoice.NetMinor + invoice.VatMinor + invoice.RoundingMinor);
            Assert.DoesNotContain(invoice.Lines, line => line.GrossMinor == 0 || line.Count < 1);
        }
    }

    private static BilledRow OnCard(long amountMinor, int number) => Row(amountMinor, number) with { CardNumber = Card };

    private static IReadOnlyList<InvoiceLine> Lines(IReadOnlyList<BilledRow> rows, bool itemisesCards = true) =>
        InvoiceLines.Of(rows, November, itemisesCards, Swedish, ProductTexts.None);
}
