using System.Globalization;
using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.StaffOffers;

/// <summary>Staff offers from the offer to the payroll, over real HTTP, and what becomes of deductions when something changes.</summary>
[Trait("Tier", "Slow")]
public sealed class StaffOfferTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    [Fact]
    public async Task A_traveller_applies_an_administrator_approves_and_the_salary_pays_in_parts()
    {
        await using var scene = await SceneAsync();
        var offer = await scene.OfferAsync(months: 3, percent: 25);
        var own = (await scene.Anna.GetAsync($"/v1/travellers/{scene.AnnaId}/staff-offers")).Is(200).Items.Single();
        Assert.Equal((100_000L, 75_000L), (long.Parse(own["price_minor"]!.ToString(), CultureInfo.InvariantCulture), long.Parse(own["deduction_minor"]!.ToString(), CultureInfo.InvariantCulture)));

        var applied = (await scene.ApplyAsync(offer)).Is(201);
        Assert.Equal("applied", applied["status"]);
        (await scene.Anna.PostAsync($"/v1/staff-applications/{applied.Id}/approval")).IsProblem(403, "forbidden");
        var approved = (await scene.Administrator.PostAsync($"/v1/staff-applications/{applied.Id}/approval")).Is(200);

        Assert.Equal(("approved", "100000"), (approved["status"], approved["price_minor"]));
        var ticket = (await scene.Administrator.GetAsync($"/v1/tickets/{approved["ticket_id"]}")).Is(200);
        Assert.Equal("ordered", ticket["state"]);
        Assert.Equal("2026-08 25000, 2026-09 25000, 2026-10 25000", await scene.PayrollAsync());
        Assert.Equal(100_000, await scene.ChargedAsync());
        await scene.GetsAsync("beviljad");
        (await scene.Administrator.PostAsync($"/v1/staff-applications/{applied.Id}/refusal", new { reason = "Nej" })).IsProblem(409, "decided_already");
        (await scene.Anna.PostAsync($"/v1/staff-applications/{applied.Id}/withdrawal")).IsProblem(409, "decided_already");
    }

    /// <summary>The rows of the table in the docs: what happens, what is charged and what is taken in each month, in minor units.</summary>
    public static TheoryData<string, long, string> Rows()
    {
        var rows = new TheoryData<string, long, string>();
        foreach (var cells in File.ReadAllLines(Path.Combine(Checkout.Root, "docs/administer/staff-offers.md"))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(static cells => cells.Length == 7 && long.TryParse(cells[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            rows.Add(cells[1], OreOf(cells[2]), string.Join(", ", cells[3..6].Select((cell, i) => (Taken: OreOf(cell), Month: 8 + i))
                .Where(static one => one.Taken != 0)
                .Select(static one => string.Create(CultureInfo.InvariantCulture, $"2026-{one.Month:00} {one.Taken}"))));
        }

        return rows;

        static long OreOf(string kronor) => 100 * long.Parse(kronor, CultureInfo.InvariantCulture);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_is_taken_from_the_salary_follows_what_becomes_of_the_ticket(string what, long charged, string payroll)
    {
        await using var scene = await SceneAsync();
        var offer = await scene.OfferAsync(months: 3, percent: 10);
        var application = (await scene.ApplyAsync(offer)).Is(201).Id;
        if (what == "withdrawn before it is decided")
        {
            (await scene.Anna.PostAsync($"/v1/staff-applications/{application}/withdrawal")).Is(200);
        }
        else if (what == "refused")
        {
            (await scene.Administrator.PostAsync($"/v1/staff-applications/{application}/refusal", new { reason = "Slut på pengar" })).Is(200);
            await scene.GetsAsync("Slut på pengar");
        }
        else
        {
            await ChangeAsync(scene, what, $"/v1/tickets/{(await scene.Administrator.PostAsync($"/v1/staff-applications/{application}/approval")).Is(200)["ticket_id"]}");
        }

        Assert.Equal((charged, payroll), (await scene.ChargedAsync(), await scene.PayrollAsync()));
    }

    [Fact]
    public async Task Of_two_who_decide_at_once_one_does_and_one_ticket_is_ordered()
    {
        await using var scene = await SceneAsync();
        var offer = await scene.OfferAsync();
        for (var round = 0; round < 6; round++)
        {
            var id = (await scene.ApplyAsync(offer)).Is(201).Id;

            var answers = await Task.WhenAll(
                scene.Administrator.PostAsync($"/v1/staff-applications/{id}/approval"),
                scene.Administrator.PostAsync($"/v1/staff-applications/{id}/approval"),
                scene.Administrator.PostAsync($"/v1/staff-applications/{id}/refusal", new { reason = "Nej" }),
                scene.Anna.PostAsync($"/v1/staff-applications/{id}/withdrawal"));

            Assert.Single(answers, one => one.Status == 200);
        }

        Assert.Equal(
            await scene.Ledger.AskAsync<long>("select count(*) from control.staff_application where state = 2"),
            await scene.Ledger.AskAsync<long>("select count(*) from control.ticket"));
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_named_and_nobody_applies_for_another()
    {
        await using var scene = await SceneAsync();
        (await scene.Administrator.PostAsync("/v1/staff-offers", new
        {
            organisation_id = scene.Customer.Id,
            product = "single-adult",
            months = 3,
            employer_percent = 5,
            employer_minor = 5,
        })).RefusesFields("product", "employer_minor");
        (await scene.Administrator.PostAsync("/v1/staff-offers", new { organisation_id = Guid.NewGuid(), product = "year" })).IsProblem(404, "not_found");
        var offer = await scene.OfferAsync();
        var (beda, _) = await scene.TravellerAsync();
        (await beda.PostAsync($"/v1/staff-offers/{offer}/applications", new { traveller_id = scene.AnnaId, bearer = new { app = "0701234567" } }))
            .RefusesFields("traveller_id");
        (await scene.Anna.PostAsync($"/v1/staff-offers/{offer}/applications", new { traveller_id = scene.AnnaId, bearer = new { app = "12" } }))
            .RefusesFields("bearer.app");
        (await scene.ApplyAsync(offer)).Is(201);
        (await scene.ApplyAsync(offer)).RefusesFields("traveller_id");
        // An administrator for one who cannot, of the departments that are the administrator's.
        var department = await scene.Customer.AddDepartmentAsync("Kontor");
        var elsewhere = await scene.Customer.AddAdministratorAsync(["purchases"], [department]);
        var (_, cesar) = await scene.TravellerAsync();
        (await elsewhere.PostAsync($"/v1/staff-offers/{offer}/applications", new { traveller_id = cesar, bearer = new { card = Some.CardNumber() } }))
            .RefusesFields("traveller_id");
        (await scene.Administrator.PostAsync($"/v1/staff-offers/{offer}/applications", new { traveller_id = cesar, bearer = new { card = Some.CardNumber() } }))
            .Is(201);
        (await scene.Administrator.DeleteAsync($"/v1/staff-offers/{offer}")).Is(204);
        (await beda.PostAsync($"/v1/staff-offers/{offer}/applications", new { traveller_id = scene.AnnaId, bearer = new { app = "0701234567" } }))
            .IsProblem(409, "closed");
        Assert.Empty((await scene.Anna.GetAsync($"/v1/travellers/{scene.AnnaId}/staff-offers")).Is(200).Items);
    }

    [Fact]
    public async Task An_application_is_taken_back_when_its_traveller_leaves()
    {
        await using var scene = await SceneAsync();
        var application = (await scene.ApplyAsync(await scene.OfferAsync(months: 3))).Is(201).Id;
        (await scene.Administrator.DeleteAsync($"/v1/travellers/{scene.AnnaId}")).Is(204);

        (await scene.Administrator.PostAsync($"/v1/staff-applications/{application}/approval")).IsProblem(409, "decided_already");
        Assert.Equal("withdrawn", (await scene.Administrator.GetAsync($"/v1/staff-applications/{application}")).Is(200)["status"]);
        Assert.Equal((0, ""), (await scene.ChargedAsync(), await scene.PayrollAsync()));
    }

    [Fact]
    public async Task A_department_stays_open_while_an_application_waits_that_it_would_pay_for()
    {
        await using var scene = await SceneAsync();
        var department = await scene.Customer.AddDepartmentAsync("Kontor");
        (await scene.Administrator.PatchAsync($"/v1/travellers/{scene.AnnaId}", new { department_id = department })).Is(200);
        var application = (await scene.ApplyAsync(await scene.OfferAsync())).Is(201).Id;
        (await scene.Administrator.PatchAsync($"/v1/travellers/{scene.AnnaId}", new { department_id = scene.Customer.DepartmentId })).Is(200);

        (await scene.Administrator.DeleteAsync($"/v1/departments/{department}")).IsProblem(409, "not_empty");
        (await scene.Administrator.PostAsync($"/v1/staff-applications/{application}/approval")).Is(200);
        (await scene.Administrator.DeleteAsync($"/v1/departments/{department}")).Is(204);
    }

    private static async Task ChangeAsync(Scene scene, string what, string ticket)
    {
        var staff = scene.Operator.Staff;
        switch (what)
        {
            case "cancelled when the first month is closed":
                await scene.SetClockAsync("2026-09-05T12:00:00+02:00");
                await new ClosedMonth(scene.Operator, CreditMonth.FromNumber(2026_08)).CloseAsync();
                (await staff.PostAsync(ticket + "/cancellation", new { reason = "Fel" })).Is(200);
                break;
            case "cancelled at once":
                (await staff.PostAsync(ticket + "/cancellation", new { reason = "Fel" })).Is(200);
                break;
            case "undeliverable":
                (await staff.PostAsync(ticket + "/events", new
                {
                    @event = "undeliverable",
                    occurred_at = await scene.Ledger.AskAsync<DateTime>("select ledger_now()"),
                    event_id = Guid.NewGuid(),
                })).Is(200);
                break;
            case "ended early":
                (await scene.Administrator.PostAsync(ticket + "/end")).Is(200);
                break;
            case "the traveller leaves in the second month":
                await scene.SetClockAsync("2026-09-05T12:00:00+02:00");
                goto case "the traveller leaves";
            case "the traveller leaves and the ticket is cancelled":
                (await scene.Administrator.DeleteAsync($"/v1/travellers/{scene.AnnaId}")).Is(204);
                goto case "cancelled at once";
            case "the traveller leaves":
                (await scene.Administrator.DeleteAsync($"/v1/travellers/{scene.AnnaId}")).Is(204);
                break;
            default:
                Assert.Equal("nothing", what);
                break;
        }
    }

    private async Task<Scene> SceneAsync()
    {
        var ledger = await shared.CreateOwnAsync();
        await ledger.StopClockAsync(DateTimeOffset.Parse("2026-08-10T12:00:00+02:00", CultureInfo.InvariantCulture));
        var mail = TestDirectory.NewPath("messages");
        var host = await InProcessAdmin.StartAsync(
            ledger, CodeKey.NewText(), null, $"--Messages:Directory={mail}", "--Access:AnonymousCallsPerMinute=1000000", "--MonthEnd:Runs=false");
        var at = await AdminOperator.CreateAsync(ledger, host, new Mailbox(mail), "kalmar");
        var customer = await at.CustomerAsync();
        await at.AddProductAsync("single-adult");
        await at.AddProductAsync("year", 100_000, "staff_offer");
        var traveller = await customer.TravellerAsync();
        var anna = await customer.SignInTravellerAsync(traveller);
        await ledger.ExecuteAsync("update control.session set expires_at = expires_at + interval '1 year'");
        return new Scene(ledger, host, at, customer, anna, traveller.Id, traveller["email"]!);
    }

    private sealed record Scene(
        TestLedger Ledger, InProcessAdmin Host, AdminOperator Operator, AdminOrganisation Customer, ApiCaller Anna, Guid AnnaId, string AnnaEmail)
        : IAsyncDisposable
    {
        public ApiCaller Administrator => Customer.Administrator;

        public Mailbox Mailbox => Operator.Mailbox;

        public Task<Guid> OfferAsync(int months = 1, int? percent = null) => Customer.OfferAsync("year", months, percent);

        public Task<ApiAnswer> ApplyAsync(Guid offer) => Anna.PostAsync(
            $"/v1/staff-offers/{offer}/applications", new { traveller_id = AnnaId, bearer = new { app = "0701234567" } });

        public async Task<(ApiCaller Caller, Guid Id)> TravellerAsync()
        {
            var traveller = await Customer.TravellerAsync();
            return (await Customer.SignInTravellerAsync(traveller), traveller.Id);
        }

        public Task SetClockAsync(string now) => Ledger.StopClockAsync(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));

        /// <summary>Anna gets a message with these words.</summary>
        public Task GetsAsync(string words) => Eventually.TrueAsync(
            () => string.Concat(Mailbox.To(AnnaEmail)).Contains(words, StringComparison.Ordinal), Eventually.Bound, words);

        public Task<long> ChargedAsync() => Ledger.AskAsync<long>("select coalesce(sum(amount_minor), 0)::bigint from billing.charge");

        /// <summary>What the payroll of each month takes from Anna.</summary>
        public Task<string> PayrollAsync() => Ledger.AskAsync<string>(
            """
            select coalesce(string_agg(left(month::text, 4) || '-' || right(month::text, 2) || ' ' || taken, ', ' order by month), '')
            from (
              select month, sum(deduction_minor) as taken from billing.payroll_deduction where traveller_id = @AnnaId group by month
            ) m where taken <> 0
            """,
            new { AnnaId });

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await Ledger.DisposeAsync();
        }
    }
}
