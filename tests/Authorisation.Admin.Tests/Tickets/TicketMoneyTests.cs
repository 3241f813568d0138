using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Tickets;

/// <summary>
/// Random orders, ends, cancellations, reports and prices over some months, against a book that adds and subtracts: every
/// invoice comes to what was charged, to the öre.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class TicketMoneyTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    private const int Months = 4;
    private const int StepsOfMonth = 25;
    private const int Seed = 1_670;

    private readonly Random _random = new(Seed);
    private readonly List<Sent> _tickets = [];
    private readonly Dictionary<string, long> _prices = new(StringComparer.Ordinal) { ["single"] = 3_450, ["period"] = 75_000, ["abroad"] = 20_100 };
    private readonly Dictionary<CreditMonth, long> _book = [];

    [Fact]
    public async Task Every_months_invoice_comes_to_what_the_book_says()
    {
        var ledger = await shared.CreateOwnAsync();
        await ledger.StopClockAsync(DateTimeOffset.Parse("2026-08-10T12:00:00+02:00", System.Globalization.CultureInfo.InvariantCulture));
        var mail = TestDirectory.NewPath("messages");
        await using var host = await InProcessAdmin.StartAsync(
            ledger, CodeKey.NewText(), null, $"--Messages:Directory={mail}", "--Access:AnonymousCallsPerMinute=1000000", "--MonthEnd:Runs=false");
        var at = await AdminOperator.CreateAsync(ledger, host, new Mailbox(mail), "jamtland");
        var customer = await at.CustomerAsync();
        await at.SetInvoicingAsync();
        await ledger.ExecuteAsync("update control.session set expires_at = expires_at + interval '1 year'");
        foreach (var (code, price) in _prices)
        {
            var product = AdminOperator.Product();
            (product["vat_category"], product["vat_basis_points"]) = code == "abroad" ? ("Z", 0) : ("S", 600);
            (await at.Staff.PutAsync($"/v1/operators/{at.Code}/products/{code}", product)).Is(200);
            (await at.Staff.PostAsync(
                $"/v1/operators/{at.Code}/products/{code}/prices", new { price_minor = price, valid_from = await at.TodayAsync() })).Is(201);
        }

        for (var i = 0; i < Months; i++)
        {
            var month = CreditMonth.FromNumber(2026_08 + i);
            for (var step = 0; step < StepsOfMonth; step++)
            {
                await StepAsync(customer, month);
            }

            await ChangePricesAsync(at);
            await ledger.StopClockAsync(month.Next.StartsAt(TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm")).AddDays(9));
            var closed = new ClosedMonth(at, month);
            await closed.MonthEndAsync();
            await CheckAsync(customer, month);
        }

        Assert.True(_tickets.Exists(ticket => ticket.TakenBackLater) && _book.Values.All(sum => sum != 0), "nothing was taken back after its month");
    }

    private async Task StepAsync(AdminOrganisation customer, CreditMonth month)
    {
        var live = _tickets.Where(ticket => !ticket.IsOver).ToList();
        var what = live.Count == 0 ? 0 : _random.Next(10);
        if (what < 4)
        {
            await OrderAsync(customer, month);
            return;
        }

        var chosen = live[_random.Next(live.Count)];
        var path = $"/v1/tickets/{chosen.Id}";
        var staff = customer.Operator.Staff;
        switch (what)
        {
            case 4:
                (await customer.Administrator.PostAsync(path + "/end")).Is(200);
                chosen.IsOver = true;
                break;
            case 5:
                (await customer.Administrator.PutAsync(path + "/bearer", new { card = Some.CardNumber() })).Is(200);
                chosen.IsDelivered = false;
                break;
            case 6 or 7:
                var cancelled = await staff.PostAsync(path + "/cancellation", new { reason = "Inställt" });
                Assert.Equal(chosen.IsActivated ? 409 : 200, cancelled.Status);
                TakeBack(chosen, month, !chosen.IsActivated);
                break;
            case 8:
                (await ReportAsync("activated")).Is(200);
                chosen.IsActivated = chosen.IsDelivered = true;
                break;
            default:
                var failed = await ReportAsync("undeliverable");
                Assert.Equal(chosen.IsDelivered ? 409 : 200, failed.Status);
                TakeBack(chosen, month, !chosen.IsDelivered);
                break;
        }

        Task<DateTime> NowAsync() => customer.Operator.Ledger.AskAsync<DateTime>("select ledger_now()");
        async Task<ApiAnswer> ReportAsync(string name) => await staff.PostAsync(
            path + "/events",
            new { @event = name, occurred_at = await NowAsync(), event_id = Guid.NewGuid() });
    }

    private async Task OrderAsync(AdminOrganisation customer, CreditMonth month)
    {
        var codes = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => _prices.Keys.ElementAt(_random.Next(_prices.Count))).ToList();
        var made = (await customer.OrderAsync(new
        {
            department_id = customer.DepartmentId,
            reason = "Mässan",
            items = codes.Select(code => new
            {
                product = code,
                temporary_traveller = new { name = "Gäst " + _random.Next(5) },
                bearer = new { card = Some.CardNumber() },
            }),
        })).Is(201);
        foreach (var (ticket, code) in made.Body["tickets"]!.AsArray().Zip(codes))
        {
            _tickets.Add(new Sent(ticket!["id"]!.ToString(), _prices[code], month));
            _book[month] = _book.GetValueOrDefault(month) + _prices[code];
        }
    }

    private void TakeBack(Sent ticket, CreditMonth month, bool isDone)
    {
        if (isDone)
        {
            ticket.IsOver = true;
            ticket.TakenBackLater = ticket.Month < month;
            _book[month] = _book.GetValueOrDefault(month) - ticket.PriceMinor;
        }
    }

    // From tomorrow on, and the next month begins later.
    private async Task ChangePricesAsync(AdminOperator at)
    {
        foreach (var code in _prices.Keys.ToList())
        {
            _prices[code] += _random.Next(1, 500);
            (await at.Staff.PostAsync(
                $"/v1/operators/{at.Code}/products/{code}/prices", new { price_minor = _prices[code], valid_from = await at.TodayAsync(1) })).Is(201);
        }
    }

    private async Task CheckAsync(AdminOrganisation customer, CreditMonth month)
    {
        var query = $"organisation_id={customer.Id}&month={month}";
        var invoice = Assert.Single((await customer.Administrator.GetAsync($"/v1/invoices?{query}")).Is(200).Items);
        Assert.Equal((month, _book[month].ToString(System.Globalization.CultureInfo.InvariantCulture)), (month, invoice["total_minor"]!.ToString()));
        var whole = (await customer.Administrator.GetAsync($"/v1/invoices/{invoice["id"]}")).Is(200).Body;
        Assert.Equal(_book[month], whole["lines"]!.AsArray().Sum(line => (long)line!["gross_minor"]!));
        // VAT once per rate.
        var rates = whole["taxes"]!.AsArray().Select(tax => $"{tax!["vat_category"]}{tax["vat_basis_points"]}").ToList();
        Assert.Equal(rates.Distinct(StringComparer.Ordinal), rates, StringComparer.Ordinal);
        Assert.All(whole["lines"]!.AsArray(), line => Assert.StartsWith("Gäst ", line!["traveller"]!.ToString(), StringComparison.Ordinal));
        Assert.All(whole["lines"]!.AsArray(), line => Assert.Equal("Mässan", line!["purpose"]!.ToString()));
        (await customer.Administrator.GetAsync($"/v1/invoices/{invoice["id"]}?format=ubl")).Is(200);
        Assert.Contains("till kort", (await customer.Administrator.GetAsync($"/v1/invoices/{invoice["id"]}?format=csv")).Is(200).Text, StringComparison.Ordinal);
        foreach (var group in (string[])["department", "traveller"])
        {
            var report = (await customer.Administrator.GetAsync($"/v1/reports/spending?{query}&group_by={group}&page_size=200")).Is(200).Items;
            Assert.Equal(_book[month], report.Sum(row => (long)(JsonNode)row["spent_minor"]!));
        }
    }

    private sealed record Sent(string Id, long PriceMinor, CreditMonth Month)
    {
        public bool IsOver { get; set; }

        public bool IsActivated { get; set; }

        public bool IsDelivered { get; set; }

        public bool TakenBackLater { get; set; }
    }
}
