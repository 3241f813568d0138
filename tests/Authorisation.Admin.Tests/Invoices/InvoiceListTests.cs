using System.IO.Compression;
using System.Xml.Linq;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>The invoices of a month together: their order, and files of all of them.</summary>
[Trait("Tier", "Slow")]
public sealed class InvoiceListTests(SharedAdmin shared) : AdminTest(shared)
{
    private const int Customers = 12;

    [Fact]
    public async Task The_invoices_of_a_month_are_listed_by_their_numbers_page_by_page_and_in_a_file()
    {
        var (at, month, _) = await StageAsync(Customers);

        var numbers = new List<string>();
        for (string? token = ""; token is not null;)
        {
            var page = (await at.Staff.GetAsync($"/v1/invoices?month={month.Month}&page_size=5{(token.Length > 0 ? "&page_token=" + token : "")}")).Is(200);
            numbers.AddRange(page.Items.Select(one => one["number"]!.ToString()));
            token = page["next_page_token"];
        }

        var inOrder = Enumerable.Range(1, Customers).Select(number => $"T-{number}").ToList();
        Assert.Equal(Enumerable.Reverse(inOrder), numbers, StringComparer.Ordinal);
        (await at.Staff.GetAsync("/v1/invoices?page_token=MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE")).RefusesFields("page_token");
        var file = (await at.Staff.GetAsync($"/v1/invoices?month={month.Month}&format=csv")).Is(200);
        Assert.Equal(("text/csv", $"{at.Code}-invoices-{month.Month}.csv"), (file.ContentType, file.FileName));
        var rows = Rows(file);
        Assert.Equal(inOrder, rows.Select(row => row["invoice"]).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(Customers * 2, rows.Count);
        Assert.All(rows.GroupBy(row => row["invoice"], StringComparer.Ordinal), invoice => Assert.Equal(
            invoice.Sum(row => Amount(row["total"])), invoice.Sum(row => Amount(row["net"]) + Amount(row["vat"]) + Amount(row["rounding"]))));
    }

    [Fact]
    public async Task A_file_has_what_its_caller_sees_and_is_of_one_month()
    {
        var (at, month, customer) = await StageAsync(2);
        var own = (await customer.Administrator.GetAsync($"/v1/invoices?month={month.Month}&format=csv")).Is(200);
        Assert.Equal([customer.Id.ToString("N")], Rows(own).Select(row => row["billing_reference"]).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(2, Rows((await at.Staff.GetAsync($"/v1/invoices?month={month.Month}&format=csv&organisation_id={customer.Id}")).Is(200)).Count);
        Assert.Empty(Rows((await at.Staff.GetAsync("/v1/invoices?month=2001-01&format=csv")).Is(200)));
        Assert.Equal(4, Rows((await at.Staff.GetAsync($"/v1/invoices?month={month.Month}", accept: "text/csv")).Is(200)).Count);
        (await at.Staff.GetAsync("/v1/invoices?format=csv")).RefusesFields("month");
        (await at.Staff.GetAsync($"/v1/invoices?month={month.Month}&format=pdf")).RefusesFields("format");
    }

    [Fact]
    public async Task An_archive_has_each_e_invoice_and_says_which_cannot_be_one()
    {
        var (at, month, customer) = await StageAsync(3, async last => await Ledger.ExecuteAsync(
            "update organisation set e_invoice_address = 'mail:faktura@x.se' where id = @Id", new { last.Id }));
        Assert.NotEqual(default, customer.Id);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/invoices?month={month.Month}&format=zip");
        request.Headers.Authorization = new("Bearer", at.Staff.Token);
        using var answer = await Host.Http.SendAsync(request);
        using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync());

        Assert.Equal(3, archive.Entries.Count);
        foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".xml", StringComparison.Ordinal)))
        {
            await using var document = await entry.OpenAsync();
            Assert.Equal("Invoice", (await XDocument.LoadAsync(document, LoadOptions.None, CancellationToken.None)).Root!.Name.LocalName);
            Assert.StartsWith($"{at.Code}-T-", entry.Name, StringComparison.Ordinal);
        }

        using var list = new StreamReader(await archive.GetEntry("incomplete.txt")!.OpenAsync());
        Assert.Contains("The buyer's electronic address mail:faktura@x.se is wrong.", await list.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private async Task<(AdminOperator Operator, ClosedMonth Month, AdminOrganisation Last)> StageAsync(
        int customers, Func<AdminOrganisation, Task>? beforeTheMonthEnd = null)
    {
        var at = await NewOperatorAsync();
        await at.SetInvoicingAsync();
        var month = new ClosedMonth(at, ClosedMonth.Ago(2));
        AdminOrganisation? last = null;
        for (var i = 0; i < customers; i++)
        {
            last = await at.CustomerAsync();
            (await last.Administrator.PatchAsync($"/v1/organisations/{last.Id}", new { billing_reference = last.Id.ToString("N") })).Is(200);
            await month.BuyAsync((await last.GiveAppAsync((await last.TravellerAsync()).Id)).Id, 1_000 + i);
        }

        await (beforeTheMonthEnd?.Invoke(last!) ?? Task.CompletedTask);
        Assert.Equal(customers, await month.MonthEndAsync());
        return (at, month, last!);
    }

    private static List<Dictionary<string, string>> Rows(ApiAnswer file)
    {
        var lines = file.Text.TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(';').Select(cell => cell.Trim('"')).ToArray()).ToList();
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))];
    }

    private static decimal Amount(string text) =>
        text.Length == 0 ? 0 : decimal.Parse(text, System.Globalization.CultureInfo.GetCultureInfo("sv-SE"));
}
