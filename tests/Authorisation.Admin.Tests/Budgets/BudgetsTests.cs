using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Budgets;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Authorisation.Admin.Tests.Budgets;

/// <summary>Budgets over the API, what they show, and who is told.</summary>
public sealed class BudgetsTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_departments_budget_is_set_read_changed_and_removed_and_shows_what_is_spent()
    {
        var customer = await NewCustomerAsync();
        var account = await customer.GiveAppAsync((await customer.TravellerAsync()).Id);
        var path = $"/v1/departments/{customer.DepartmentId}/budget";
        (await customer.Administrator.GetAsync(path)).IsProblem(404, "not_found");
        var month = MonthOf(customer);
        await Charges.AddAsync(Ledger, account.Id, 3_333, month);

        var set = (await customer.Administrator.PutAsync(path, new { ceiling_minor = 10_000, mode = "decline" })).Is(200);
        await Charges.AddAsync(Ledger, account.Id, 5_000, month);
        var read = (await customer.Administrator.GetAsync(path)).Is(200);

        Assert.Equal(("3333", "6667", "33"), (set["spent_minor"], set["remaining_minor"], set["spent_per_cent"]));
        Assert.Equal(
            ("8333", "1667", "83", "decline", month.ToString()),
            (read["spent_minor"], read["remaining_minor"], read["spent_per_cent"], read["mode"], read["month"]));
        (await customer.Administrator.PutAsync(path, new { ceiling_minor = 1, mode = "shout" })).RefusesFields("ceiling_minor", "mode");
        (await customer.Administrator.PutAsync(path, new { })).RefusesFields("ceiling_minor", "mode");
        var lowered = (await customer.Administrator.PutAsync(path, new { ceiling_minor = 5_000, mode = "warn" }, read.Tag)).Is(200);
        Assert.Equal(("-3333", "166"), (lowered["remaining_minor"], lowered["spent_per_cent"]));
        (await customer.Administrator.DeleteAsync(path, read.Tag)).IsProblem(412, "changed_by_another");
        (await customer.Administrator.DeleteAsync(path)).Is(204);
        (await customer.Administrator.GetAsync(path)).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task What_staff_refund_in_the_month_of_the_purchase_can_be_spent_again()
    {
        var customer = await NewCustomerAsync();
        var account = await customer.GiveAppAsync((await customer.TravellerAsync()).Id);
        var path = $"/v1/departments/{customer.DepartmentId}/budget";
        (await customer.Administrator.PutAsync(path, new { ceiling_minor = 10_000, mode = "decline" })).Is(200);
        await Ledger.ExecuteAsync("update credit_account set activated_at = ledger_now() where id = @Id", new { account.Id });
        await using var node = new LedgerNode(Ledger.Connect(), NullLoggerFactory.Instance);
        var terms = (await node.Reader.ListOperatorsAsync(CancellationToken.None)).Single(one => one.Id == customer.Operator.Id);
        var purchase = new Purchase
        {
            Id = Guid.NewGuid(),
            Originator = Originator.App(account.Id),
            Instrument = Instrument.App(customer.Operator.Id, account.Id),
            AmountMinor = 4_000,
        };
        Assert.Equal(Decision.Approved, (await node.AuthoriseUntilSettledAsync(purchase, terms)).Entry!.Decision);
        Assert.Equal("4000", (await customer.Administrator.GetAsync(path)).Is(200)["spent_minor"]);

        (await customer.Operator.Staff.PostAsync(
            $"/v1/authorisations/{purchase.Id}/refunds", new { amount_minor = 1_500, reason = "Inställd tur" }, Guid.NewGuid().ToString())).Is(200);

        Assert.Equal("2500", (await customer.Administrator.GetAsync(path)).Is(200)["spent_minor"]);
    }

    [Fact]
    public async Task A_billing_references_budget_is_one_of_the_list_which_a_departments_administrator_sees_its_own_of()
    {
        var customer = await NewCustomerAsync();
        var department = await customer.AddDepartmentAsync("Verkstad", reference: "KST 9");
        var path = $"/v1/organisations/{customer.Id}/budgets";
        var of = await customer.AddAdministratorAsync([], [department]);
        (await customer.Administrator.PutAsync($"/v1/departments/{department}/budget", new { ceiling_minor = 900, mode = "warn" })).Is(200);

        (await customer.Administrator.PutAsync(path, new { billing_reference = "nobody's", ceiling_minor = 900, mode = "warn" }))
            .RefusesFields("billing_reference");
        (await customer.Administrator.PutAsync(path, new { billing_reference = "KST 9", ceiling_minor = 700, mode = "warn" })).Is(200);
        (await customer.Administrator.PutAsync(path, new { billing_reference = "KST 9", ceiling_minor = 800, mode = "decline" })).Is(200);

        var all = (await customer.Administrator.GetAsync(path)).Is(200).Items;
        Assert.Equal(
            [(department.ToString(), null, "900"), (null, "KST 9", "800")],
            all.Select(one => (one["department_id"]?.ToString(), one["billing_reference"]?.ToString(), one["ceiling_minor"]!.ToString())));
        Assert.Equal(department.ToString(), Assert.Single((await of.GetAsync(path)).Is(200).Items)["department_id"]!.ToString());
        (await customer.Administrator.DeleteAsync(path)).RefusesFields("billing_reference");
        (await customer.Administrator.DeleteAsync(path + "?billing_reference=KST%209")).Is(204);
        Assert.Single((await customer.Administrator.GetAsync(path)).Is(200).Items);
    }

    [Fact]
    public async Task Administrators_are_told_at_80_and_at_100_per_cent_once_each()
    {
        var customer = await NewCustomerAsync();
        var department = await customer.AddDepartmentAsync("Verkstad", reference: "KST 9");
        var (chief, all) = (Some.Email("chef"), customer.AdministratorEmail);
        await customer.AddAdministratorAsync([], [department], chief);
        var account = (await customer.Administrator.PostAsync(
            $"/v1/travellers/{(await customer.TravellerAsync(department: department)).Id}/credit-accounts", new { kind = "app", limit_minor = 50_000 })).Is(201);
        (await customer.Administrator.PutAsync($"/v1/departments/{department}/budget", new { ceiling_minor = 10_000, mode = "decline" })).Is(200);
        (await customer.Administrator.PutAsync(
            $"/v1/organisations/{customer.Id}/budgets", new { billing_reference = "KST 9", ceiling_minor = 10_000, mode = "warn" })).Is(200);

        await Charges.AddAsync(Ledger, account.Id, 7_999, MonthOf(customer));
        await TellAsync();
        Assert.Equal((0, 0), (Told(chief), Told(all)));
        await Charges.AddAsync(Ledger, account.Id, 1, MonthOf(customer));
        await Task.WhenAll(TellAsync(), TellAsync());
        await TellAsync();
        await Eventually.TrueAsync(() => (Told(chief), Told(all)) == (1, 1), Eventually.Bound, "both are told of 80 per cent");
        Assert.Contains("80 % av budgeten för Verkstad", Mailbox.To(chief)[^1], StringComparison.Ordinal);
        await Charges.AddAsync(Ledger, account.Id, 2_000, MonthOf(customer));
        await TellAsync();
        await TellAsync();

        await Eventually.TrueAsync(() => (Told(chief), Told(all)) == (2, 2), Eventually.Bound, "both are told of 100 per cent");
        Assert.Contains("nekas", Mailbox.To(chief)[^1], StringComparison.Ordinal);

        int Told(string email) => Mailbox.To(email).Count(text => text.Contains("budgeten", StringComparison.Ordinal));
    }

    private static CreditMonth MonthOf(AdminOrganisation customer) =>
        CreditMonth.Of(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById(customer.Operator.Terms.Country == "NO" ? "Europe/Oslo" : "Europe/Stockholm"));

    // As the host does by itself once a minute.
    private async Task TellAsync()
    {
        await using var db = await Host.Services.GetRequiredService<ControlDatabase>().OpenAsync(CancellationToken.None);
        await using var transaction = await db.BeginTransactionAsync();
        await Host.Services.GetRequiredService<BudgetNews>().ReportAsync(db);
        await transaction.CommitAsync();
    }
}
