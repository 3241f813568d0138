using System.Globalization;
using System.Text;
using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Xunit;
using static Authorisation.Admin.Tests.Invoices.SampleInvoices;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>The file of invoices, read back by a reader of its own.</summary>
public sealed class InvoiceCsvTests
{
    [Fact]
    public void A_line_is_written_as_a_Swedish_spreadsheet_reads_it()
    {
        var invoice = Of(Row(12_402) with { Purpose = "Möte; \"viktigt\"", Product = "single-adult", CardNumber = "9900000000001234", CostCentre = "4217" });

        Assert.Equal(
            "\"invoice\";\"kind\";\"issued_on\";\"due_on\";\"organisation\";\"billing_reference\";\"month\";\"line\";\"department\";"
            + "\"cost_centre\";\"traveller\";\"instrument\";\"time\";\"recorded\";\"description\";\"purpose\";\"product\";\"count\";\"net\";"
            + "\"vat_percent\";\"vat_category\";\"gross\";\"vat\";\"rounding\";\"total\";\"currency\";\"name\"\r\n"
            + "\"JLT-1001\";\"invoice\";2026-12-01;2026-12-31;\"Stockholms kommun\";\"REF-17\";\"2026-11\";1;\"Ekonomi\";"
            + "\"4217\";\"Anna Ek\";\"kort ····1234\";2026-11-03 08:16;2026-11-03 08:16;\"Köp\";\"Möte; \"\"viktigt\"\"\";\"single-adult\";1;117,00;"
            + "6;\"S\";124,02;;;;\"SEK\";\"single-adult\"\r\n"
            + "\"JLT-1001\";\"invoice\";2026-12-01;2026-12-31;\"Stockholms kommun\";\"REF-17\";\"2026-11\";;;;;;;;\"Moms\";;;;;"
            + "6;\"S\";;7,02;0,00;124,02;\"SEK\";\r\n",
            Text(invoice));
    }

    [Fact]
    public void The_file_begins_with_the_byte_order_mark_and_is_UTF_8()
    {
        var bytes = InvoiceCsv.Write([Of(Row(100) with { Traveller = "Åsa 🚌" })], Swedish);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        Assert.Contains("Åsa 🚌", new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+46701234567")]
    [InlineData("-2+3+cmd|' /C calc'!A0")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1+1")]
    [InlineData("\r=1+1")]
    [InlineData("\n=1+1")]
    [InlineData("\u0000=1+1")]
    [InlineData("＝1+1")]
    public void A_text_that_a_spreadsheet_would_run_is_kept_from_it(string text)
    {
        var read = Read(Of(Row(100) with { Purpose = text, Traveller = text, Department = text, CostCentre = text, Product = text }) with
        {
            Organisation = text,
            BillingReference = text,
            Number = text,
        });

        foreach (var column in new[] { "purpose", "traveller", "department", "cost_centre", "product", "organisation", "billing_reference", "invoice" })
        {
            Assert.Equal("'" + text.Replace("\0", "", StringComparison.Ordinal), read[0][column]);
        }
    }

    [Fact]
    public void A_negative_amount_stays_a_number()
    {
        var read = Read(Of(Row(-12_402)));
        Assert.Equal(("-117,00", "-124,02"), (read[0]["net"], read[0]["gross"]));
        Assert.Contains(";-124,02;", Text(Of(Row(-12_402))), StringComparison.Ordinal);
    }

    [Fact]
    public void Separators_quotes_and_line_ends_in_a_text_come_back_as_they_were()
    {
        const string Purpose = "Först;\"sedan\"\r\nnästa\nrad\r, slut";
        Assert.Equal(Purpose, Read(Of(Row(100) with { Purpose = Purpose }))[0]["purpose"]);
    }

    [Fact]
    public void Every_row_says_which_invoice_it_is_of()
    {
        var read = Read(Of(Row(100), Row(200, 2)), Of(Row(-300)).AsCredit() with { Number = "JLT-1002", BillingReference = "REF-18" });
        Assert.Equal(
            [
                ("JLT-1001", "invoice", "REF-17"), ("JLT-1001", "invoice", "REF-17"), ("JLT-1001", "invoice", "REF-17"),
                ("JLT-1002", "credit_note", "REF-18"), ("JLT-1002", "credit_note", "REF-18"),
            ],
            read.Select(row => (row["invoice"], row["kind"], row["billing_reference"])));
        Assert.All(read, row => Assert.Equal(("2026-11", "Stockholms kommun"), (row["month"], row["organisation"])));
    }

    [Fact]
    public void Net_VAT_and_rounding_sum_to_the_total_of_each_invoice()
    {
        // The example of docs/administer/invoices.md.
        var invoice = Of(Row(4_500), Row(4_500, 2), Row(1_202, 3), Row(2, 4) with { VatBasisPoints = 2_500 });
        var rates = Read(invoice).Where(row => row["line"].Length == 0).Select(row => (row["vat_percent"], row["vat"], row["rounding"], row["total"]));
        Assert.Equal([("25", "0,00", "0,01", "0,02"), ("6", "5,77", "0,01", "102,02")], rates);
    }

    [Fact]
    public void A_line_that_sums_has_its_count_and_no_time()
    {
        var read = Read(Of([Row(100) with { CardNumber = "9900000000001234" }, Row(200, 2) with { CardNumber = "9900000000001234" }], itemisesCards: false));
        Assert.Equal(("2", "", "3,00"), (read[0]["count"], read[0]["time"], read[0]["gross"]));
    }

    [Fact]
    public void Any_invoices_are_read_back_to_their_sums_and_no_card_is_told()
    {
        var random = new Random(4);
        for (var i = 0; i < 200; i++)
        {
            var invoice = Any(random);
            var read = Read(invoice);
            Assert.Equal(invoice.TotalMinor, read.Sum(row => Minor(row["gross"])));
            Assert.Equal(invoice.NetMinor, read.Sum(row => Minor(row["net"])));
            Assert.Equal((invoice.VatMinor, invoice.RoundingMinor), (read.Sum(row => Minor(row["vat"])), read.Sum(row => Minor(row["rounding"]))));
            Assert.Equal(invoice.TotalMinor, read.Sum(row => Minor(row["total"])));
            Assert.DoesNotContain("990000000000", Text(invoice), StringComparison.Ordinal);
        }
    }

    private static long Minor(string amount) => amount.Length == 0 ? 0 : (long)(decimal.Parse(amount, CultureInfo.GetCultureInfo("sv-SE")) * 100);

    private static string Text(params IReadOnlyList<Invoice> invoices) => Encoding.UTF8.GetString(InvoiceCsv.Write(invoices, Swedish).AsSpan(3));

    private static List<Dictionary<string, string>> Read(params IReadOnlyList<Invoice> invoices)
    {
        var records = Records(Text(invoices));
        return [.. records.Skip(1).Select(record => records[0].Zip(record).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))];
    }

    /// <summary>RFC 4180 with semicolons, strictly: a quote where none may stand fails.</summary>
    private static List<List<string>> Records(string text)
    {
        var records = new List<List<string>>();
        for (var at = 0; at < text.Length; at += 2)
        {
            var record = new List<string>();
            do
            {
                at += record.Count == 0 ? 0 : 1;
                record.Add(Cell(text, ref at));
            }
            while (text[at] == ';');

            Assert.Equal("\r\n", text.Substring(at, 2));
            records.Add(record);
        }

        Assert.All(records, record => Assert.Equal(InvoiceCsv.Columns.Count, record.Count));
        return records;
    }

    private static string Cell(string text, ref int at)
    {
        var cell = new StringBuilder();
        if (text[at] != '"')
        {
            while (text[at] is not (';' or '\r'))
            {
                Assert.DoesNotContain(text[at], "\"\n");
                cell.Append(text[at++]);
            }

            return cell.ToString();
        }

        for (at++; text[at] != '"' || text[at + 1] == '"'; at++)
        {
            at += text[at] == '"' ? 1 : 0;
            cell.Append(text[at]);
        }

        at++;
        return cell.ToString();
    }
}
