using System.Globalization;
using System.Text.RegularExpressions;
using Authorisation.Admin.Tests.Support;
using Authorisation.Billing.Accounting;
using Authorisation.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Accounting;

/// <summary>The invoices of a closed month as SIE 4: a verification each, that comes to 0.</summary>
public sealed class AccountingTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Each_invoice_is_a_verification_with_net_and_VAT_of_each_rate_that_comes_to_nothing()
    {
        var (customer, account, month) = await StageAsync();
        await month.BuyAsync(account, 10_601);
        await Charges.AddAsync(Ledger, account, 12_500, month.Month, vat: 2500);
        await Charges.AddAsync(Ledger, account, 3_000, month.Month, vat: 0);
        await DoneAsync(month);

        var sie = await ExportAsync(month);

        var invoice = Assert.Single((await customer.Operator.Staff.GetAsync($"/v1/invoices?month={month.Month}")).Is(200).Items);
        var (net6, vat6) = Of(invoice["taxes"]!.AsArray().Single(tax => tax!["vat_basis_points"]!.ToString() == "600")!);
        Assert.Equal(
            [
                "#FLAGGA 0", "#PROGRAM Authorisation 1", "#FORMAT PC8", $"#GEN {await TodayAsync(customer.Operator)}", "#SIETYP 4",
            ],
            sie.Take(5), StringComparer.Ordinal);
        Assert.Contains("#VALUTA SEK", sie, StringComparer.Ordinal);
        Assert.Contains(sie, line => Regex.IsMatch(line, "^#ORGNR [0-9]{6}-[0-9]{4}$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("#KONTO 3001 \"Försäljning, moms 25 %\"", sie, StringComparer.Ordinal);
        Assert.Contains("#KONTO 2631 \"Utgående moms 6 %\"", sie, StringComparer.Ordinal);
        var verification = Assert.Single(Verifications(sie));
        Assert.Equal($"#VER F 1 {month.PublishedOn:yyyyMMdd} \"Faktura T-1 {invoice["organisation"]}\"", verification.Head);
        Assert.Equal(
            Sorted(
                (1510, 26_101), (3001, -10_000), (2611, -2_500), (3004, -3_000), (3003, -net6), (2631, -vat6),
                (3740, net6 + vat6 - 10_601)),
            Sorted([.. verification.Rows]));
        Assert.Equal(0, verification.Rows.Sum(row => row.AmountMinor));

        static (long Net, long Vat) Of(System.Text.Json.Nodes.JsonNode tax) => ((long)tax["net_minor"]!, (long)tax["vat_minor"]!);
    }

    [Fact]
    public async Task A_backslash_in_a_name_does_not_take_the_quotation_mark_that_ends_its_field()
    {
        var (customer, account, month) = await StageAsync();
        (await customer.Operator.Staff.PatchAsync($"/v1/organisations/{customer.Id}", new { name = @"Öst\Väst\" })).Is(200);
        await month.BuyAsync(account, 4_200);
        await DoneAsync(month);

        Assert.EndsWith(" Öst/Väst/\"", Assert.Single(Verifications(await ExportAsync(month))).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credit_note_is_a_verification_of_the_opposite_signs_and_a_correction_is_one_more_with_its_own_number()
    {
        var (customer, account, month) = await StageAsync();
        await month.BuyAsync(account, 4_200);
        await DoneAsync(month);
        var invoice = Assert.Single((await customer.Operator.Staff.GetAsync($"/v1/invoices?month={month.Month}")).Is(200).Items);
        var before = Verifications(await ExportAsync(month));

        (await customer.Operator.Staff.PostAsync($"/v1/invoices/{invoice["id"]}/corrections", new { reason = "Fel adress" })).Is(201);

        var after = Verifications(await ExportAsync(month));
        Assert.Equal(before[0].Head, after[0].Head);
        Assert.Equal(["#VER F 1", "#VER F 2", "#VER F 3"], after.Select(one => string.Join(' ', one.Head.Split(' ')[..3])), StringComparer.Ordinal);
        Assert.Contains("Kreditfaktura T-2", after[1].Head, StringComparison.Ordinal);
        Assert.Equal(Sorted([.. after[0].Rows.Select(row => (row.Account, -row.AmountMinor))]), Sorted([.. after[1].Rows]));
        Assert.Equal(Sorted([.. after[0].Rows]), Sorted([.. after[2].Rows]));
        Assert.All(after, one => Assert.Equal(0, one.Rows.Sum(row => row.AmountMinor)));
    }

    [Fact]
    public async Task Random_invoices_come_to_nothing_each_and_together_to_what_is_to_be_paid()
    {
        var random = new Random(1_610);
        var (customer, _, month) = await StageAsync();
        int[] rates = [600, 1200, 2500];
        for (var i = 0; i < 8; i++)
        {
            var department = await customer.AddDepartmentAsync("Avdelning " + i);
            (await customer.Administrator.PatchAsync($"/v1/departments/{department}", new { billing_reference = "R" + i })).Is(200);
            var account = (await customer.GiveAppAsync((await customer.TravellerAsync(department: department)).Id)).Id;
            for (var bought = random.Next(1, 8); bought > 0; bought--)
            {
                await month.BuyAsync(account, random.Next(1, 5_000), vat: rates[random.Next(rates.Length)]);
            }
        }

        await DoneAsync(month);

        var verifications = Verifications(await ExportAsync(month));
        var invoices = (await customer.Operator.Staff.GetAsync($"/v1/invoices?month={month.Month}&page_size=200")).Is(200).Items;
        Assert.Equal(invoices.Count, verifications.Count);
        Assert.All(verifications, one => Assert.Equal(0, one.Rows.Sum(row => row.AmountMinor)));
        Assert.Equal(
            invoices.Sum(invoice => (long)invoice["total_minor"]!),
            verifications.SelectMany(one => one.Rows).Where(row => row.Account == 1510).Sum(row => row.AmountMinor));
    }

    [Fact]
    public async Task What_is_missing_is_said_the_accounts_the_month_its_invoices_and_a_rate()
    {
        var customer = await NewCustomerAsync();
        var (at, staff) = (customer.Operator, customer.Operator.Staff);
        await at.SetInvoicingAsync();
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        var month = new ClosedMonth(at, ClosedMonth.Ago(2));
        await month.BuyAsync(account, 1_200, vat: 1200);
        var path = $"/v1/operators/{at.Code}/accounting";

        (await staff.GetAsync(path)).IsProblem(404, "accounting_not_set");
        (await staff.GetAsync($"{path}/{month.Month}")).IsProblem(404, "accounting_not_set");
        var body = Some.Accounting();
        body["rates"] = new[] { new { vat_category = "S", vat_basis_points = 600, revenue_account = "3003", vat_account = "2631" } };
        (await staff.PutAsync(path, body)).Is(200);
        (await staff.GetAsync($"{path}/december")).RefusesFields("month");
        (await staff.GetAsync($"{path}/{month.Month}")).IsProblem(409, "not_closed");
        await month.CloseAsync();
        (await staff.GetAsync($"{path}/{month.Month}")).IsProblem(409, "month_end_running");
        await DoneAsync(month);
        var missing = (await staff.GetAsync($"{path}/{month.Month}")).IsProblem(409, "accounting_incomplete");
        Assert.Contains("S 12 %", missing["detail"], StringComparison.Ordinal);
        await at.SetAccountingAsync();
        Assert.Single(Verifications(await ExportAsync(month)));
    }

    [Fact]
    public async Task All_fields_that_are_wrong_are_told_at_once_and_what_is_set_can_be_read_and_sent_back()
    {
        var at = await NewOperatorAsync();
        var path = $"/v1/operators/{at.Code}/accounting";

        (await at.Staff.PutAsync(path, new { })).RefusesFields("receivables_account", "rounding_account", "rates");
        (await at.Staff.PutAsync(path, new
        {
            receivables_account = "151",
            rounding_account = "0740",
            rates = new object[]
            {
                new { vat_category = "S", vat_basis_points = 700, revenue_account = "30031" },
                new { vat_category = "Z", vat_basis_points = 0, revenue_account = "3004", vat_account = "2631" },
                new { vat_category = "Z", vat_basis_points = 0, revenue_account = "3004" },
                new { vat_category = "X" },
            },
        })).RefusesFields(
            "receivables_account", "rounding_account", "rates[0].vat_basis_points", "rates[0].revenue_account",
            "rates[0].vat_account", "rates[1].vat_account", "rates[2]", "rates[3].vat_category", "rates[3].vat_basis_points",
            "rates[3].revenue_account");

        var set = (await at.Staff.PutAsync(path, Some.Accounting())).Is(200);
        var read = (await at.Staff.GetAsync(path)).Is(200);
        Assert.Equal(set.Text, read.Text);
        Assert.Equal(read.Text, (await at.Staff.SendAsync(HttpMethod.Put, path, read.Body, read.Tag)).Is(200).Text);
        (await at.Staff.SendAsync(HttpMethod.Put, path, read.Body, read.Tag)).IsProblem(412, "changed_by_another");
    }

    [Fact]
    public async Task A_Norwegian_operator_is_told_that_the_format_is_Swedish()
    {
        var at = await NewOperatorAsync("akt");
        var path = $"/v1/operators/{at.Code}/accounting";

        foreach (var refused in (ApiAnswer[])
            [await at.Staff.GetAsync(path), await at.Staff.PutAsync(path, Some.Accounting()), await at.Staff.GetAsync(path + "/2026-01")])
        {
            var problem = refused.IsProblem(409, "accounting_not_there");
            Assert.Contains("is in NO", problem["detail"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Åhléns \"Öl\" & Co", "Åhléns \"Öl\" & Co")]
    [InlineData("Bjørn Łuka Šimić – €", "Bjorn Luka Simic - EUR")]
    [InlineData("日本 😀", "?? ??")]
    public void Text_is_in_code_page_437_and_letters_that_it_lacks_are_those_beneath(string text, string written) =>
        Assert.Equal(written, CodePage437.Read(CodePage437.Write(text)));

    [Fact]
    public void The_letters_of_Swedish_have_the_bytes_that_the_format_gives_them() =>
        Assert.Equal([0x86, 0x84, 0x94, 0x8F, 0x8E, 0x99, 0x82], CodePage437.Write("åäöÅÄÖé"));

    private static List<(string Head, List<(int Account, long AmountMinor)> Rows)> Verifications(IReadOnlyList<string> sie)
    {
        var found = new List<(string Head, List<(int Account, long AmountMinor)> Rows)>();
        foreach (var line in sie)
        {
            if (line.StartsWith("#VER ", StringComparison.Ordinal))
            {
                found.Add((line, []));
            }
            else if (line.Trim().StartsWith("#TRANS ", StringComparison.Ordinal))
            {
                var parts = line.Trim().Split(' ');
                Assert.Equal("{}", parts[2]);
                found[^1].Rows.Add((
                    int.Parse(parts[1], CultureInfo.InvariantCulture),
                    (long)(decimal.Parse(parts[3], CultureInfo.InvariantCulture) * 100)));
            }
        }

        return found;
    }

    private static List<(int Account, long AmountMinor)> Sorted(params (int Account, long AmountMinor)[] rows) =>
        [.. rows.Where(row => row.AmountMinor != 0).Order()];

    private static async Task<IReadOnlyList<string>> ExportAsync(ClosedMonth month)
    {
        var (status, bytes) = await month.Operator.Staff.GetBytesAsync($"/v1/operators/{month.Operator.Code}/accounting/{month.Month}");
        Assert.Equal(200, status);
        var text = CodePage437.Read(bytes);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        return text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<string> TodayAsync(AdminOperator at) => $"{await at.TodayAsync():yyyyMMdd}".Replace("-", "", StringComparison.Ordinal);

    // As the whole night's work leaves it.
    private async Task DoneAsync(ClosedMonth month)
    {
        await month.MonthEndAsync();
        await Ledger.ExecuteAsync(
            "update billing.month_end set state = 2 where operator_id = @Id and month = @month",
            new { month.Operator.Id, month = month.Month.Number });
    }

    private async Task<(AdminOrganisation Customer, Guid Account, ClosedMonth Month)> StageAsync()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.SetInvoicingAsync();
        await customer.Operator.SetAccountingAsync();
        var account = (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id;
        return (customer, account, new ClosedMonth(customer.Operator, ClosedMonth.Ago(2)));
    }
}
