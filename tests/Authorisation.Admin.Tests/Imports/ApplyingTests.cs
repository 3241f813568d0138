using Authorisation.Admin.Tests.Support;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Xunit;

namespace Authorisation.Admin.Tests.Imports;

/// <summary>
/// Rows that were right when their file came and are not any more when they are applied: staged as a file stages them, with
/// everything around them as it has become.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class ApplyingTests(SharedAdmin shared) : AdminTest(shared)
{
    private const int RowFailed = 5202;

    [Fact]
    public async Task A_traveller_who_was_removed_meanwhile_is_not_added_anew_without_a_department()
    {
        var customer = await NewCustomerAsync("jonkoping");

        var import = await customer.ImportedAsync(await StageAsync(
            customer,
            new Row("gone@example.com", Some.SwedishMobile(), LimitMinor: 50_000),
            new Row("gone-too@example.com"),
            new Row("new@example.com", DepartmentId: customer.DepartmentId)));

        Assert.Equal(("1", "department 2:4,department 3:4"), (import["rows_applied"], import.Places));
        Assert.Equal(1L, await Ledger.AskAsync<long>("select count(*) from traveller where organisation_id = @Id", new { customer.Id }));
    }

    [Fact]
    public async Task What_the_importer_may_not_do_any_more_is_not_done()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var email = Some.Email("chef");
        await customer.AddAdministratorAsync(["travellers"], [department], email);
        var moved = await customer.TravellerAsync();

        var import = await customer.ImportedAsync(await StageAsync(
            customer with { AdministratorEmail = email },
            new Row(moved["email"]!, Some.SwedishMobile()),
            new Row("one@example.com", DepartmentId: customer.DepartmentId),
            new Row("two@example.com", Some.SwedishMobile(), department, 50_000),
            new Row("three@example.com", DepartmentId: department)));

        Assert.Equal(("1", "email 2:1,department 3:4,limit 4:5"), (import["rows_applied"], import.Places));
        Assert.Equal(moved["mobile"], (await customer.Administrator.GetAsync($"/v1/travellers/{moved.Id}")).Is(200)["mobile"]);
    }

    [Fact]
    public async Task Credit_that_another_department_pays_for_stays_as_it_is()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var email = Some.Email("chef");
        await customer.AddAdministratorAsync(["travellers", "credits"], [department], email);
        var traveller = await customer.TravellerAsync(department: department);
        var credit = (await customer.Administrator.PostAsync(
            $"/v1/travellers/{traveller.Id}/credit-accounts",
            new { kind = "app", limit_minor = 50_000, department_id = customer.DepartmentId })).Is(201);

        var import = await customer.ImportedAsync(await StageAsync(
            customer with { AdministratorEmail = email },
            new Row(traveller["email"]!, Some.SwedishMobile()),
            new Row(traveller["email"]!, LimitMinor: 60_000)));

        Assert.Equal("mobile 2:3,limit 3:5", import.Places);
        Assert.Equal(credit.Tag, (await customer.Administrator.GetAsync($"/v1/credit-accounts/{credit.Id}")).Is(200).Tag);
    }

    [Fact]
    public async Task A_traveller_with_credit_is_not_moved_for_an_importer_who_lost_the_right_to_credits()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var (from, to) = (await customer.AddDepartmentAsync("Verkstad"), await customer.AddDepartmentAsync("Kontor"));
        var email = Some.Email("chef");
        await customer.AddAdministratorAsync(["travellers"], [from, to], email);
        var traveller = await customer.TravellerAsync(department: from);
        var credit = await customer.GiveAppAsync(traveller.Id);

        var import = await customer.ImportedAsync(await StageAsync(
            customer with { AdministratorEmail = email }, new Row(traveller["email"]!, DepartmentId: to)));

        Assert.Equal(("1", "department 2:4"), (import["rows_failed"], import.Places));
        Assert.Equal(credit.Tag, (await customer.Administrator.GetAsync($"/v1/credit-accounts/{credit.Id}")).Is(200).Tag);
        Assert.Equal(from.ToString(), (await customer.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200)["department_id"]);
    }

    [Fact]
    public async Task Nothing_more_is_applied_for_an_administrator_who_was_removed()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var email = Some.Email("chef");
        await customer.AddAdministratorAsync(["travellers", "credits"], email: email);
        var removed = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/administrators")).Is(200).Items
            .Single(one => one["email"]!.ToString() == email)["id"];
        (await customer.Administrator.DeleteAsync($"/v1/administrators/{removed}")).Is(204);

        var import = await customer.ImportedAsync(await StageAsync(
            customer with { AdministratorEmail = email },
            new Row("one@example.com", Some.SwedishMobile(), customer.DepartmentId, 50_000),
            new Row("two@example.com", DepartmentId: customer.DepartmentId)));

        Assert.Equal(("0", "2", "file 2:1,file 3:1"), (import["rows_applied"], import["rows_failed"], import.Places));
    }

    [Fact]
    public async Task Nobody_is_added_to_a_department_that_was_closed()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var closed = await customer.AddDepartmentAsync("Kontor");
        (await customer.Administrator.DeleteAsync($"/v1/departments/{closed}")).Is(204);

        var import = await customer.ImportedAsync(await StageAsync(customer, new Row("one@example.com", DepartmentId: closed)));

        Assert.Equal("department 2:4", import.Places);
    }

    [Fact]
    public async Task A_row_that_fails_for_a_reason_nobody_thought_of_is_told_and_those_behind_it_are_applied()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        await using var host = await StartAsync(ledger);
        var customer = await host.CustomerAsync();
        host.Admin.Log.Expect(RowFailed);

        // The database takes no such number, which no file gets by its checks with.
        var import = await customer.ImportedAsync(await StageAsync(
            customer,
            new Row("one@example.com", "no number", customer.DepartmentId),
            new Row("two@example.com", DepartmentId: customer.DepartmentId)));

        Assert.Equal(("1", "1", "file 2:1"), (import["rows_applied"], import["rows_failed"], import.Places));
        var logged = Assert.Single(host.Admin.Log.Entries, entry => entry.EventId.Id == RowFailed);
        Assert.Contains("Line 2 of import", logged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_waits_for_a_lock_holds_up_no_other()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        await using var host = await StartAsync(ledger);
        var customer = await host.CustomerAsync();
        var traveller = await customer.TravellerAsync();
        await using var session = await ledger.OpenSessionAsync();
        await using var transaction = await session.BeginTransactionAsync();
        await session.ExecuteAsync("select from traveller where id = @Id for no key update", new { traveller.Id });

        var held = await StageAsync(customer, new Row(traveller["email"]!, Some.SwedishMobile()));
        var other = await StageAsync(customer, new Row("new@example.com", DepartmentId: customer.DepartmentId));

        Assert.Equal("1", (await customer.ImportedAsync(other))["rows_applied"]);
        Assert.Equal("applying", (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/traveller-imports/{held}")).Is(200)["status"]);
        await transaction.RollbackAsync();
        Assert.Equal("1", (await customer.ImportedAsync(held))["rows_applied"]);
    }

    // Imports of one ledger are applied by all of its hosts.
    private static async Task<OwnHost> StartAsync(TestLedger ledger)
    {
        var directory = TestDirectory.NewPath("messages");
        var admin = await InProcessAdmin.StartAsync(
            ledger, CodeKey.NewText(), null, $"--Messages:Directory={directory}", "--MonthEnd:Runs=false");
        return new OwnHost(ledger, admin, new Mailbox(directory));
    }

    private static async Task<Guid> StageAsync(AdminOrganisation customer, params Row[] rows)
    {
        var import = Guid.CreateVersion7();
        await customer.Operator.Ledger.ExecuteAsync(
            """
            insert into control.traveller_import 
              (id, organisation_id, person_id, state, valid_rows_only, rows_total, column_names, column_places)
            select @import, @organisation, id, 1, false, @total,
                   array['email', 'name', 'mobile', 'department', 'limit'], array[1, 2, 3, 4, 5]
            from control.person where email = @importer;
            insert into control.traveller_import_row (import_id, line, email, name, mobile, department_id, limit_minor)
            select @import, 1 + n, email, '', mobile, department_id, limit_minor
            from unnest(@emails::text[], @mobiles::text[], @departments::uuid[], @limits::bigint[])
              with ordinality as r(email, mobile, department_id, limit_minor, n)
            """,
            new
            {
                import,
                organisation = customer.Id,
                importer = customer.AdministratorEmail,
                total = rows.Length,
                emails = rows.Select(row => row.Email).ToArray(),
                mobiles = rows.Select(row => row.Mobile).ToArray(),
                departments = rows.Select(row => row.DepartmentId).ToArray(),
                limits = rows.Select(row => row.LimitMinor).ToArray(),
            });
        return import;
    }

    private sealed record Row(string Email, string? Mobile = null, Guid? DepartmentId = null, long? LimitMinor = null);

    private sealed record OwnHost(TestLedger Ledger, InProcessAdmin Admin, Mailbox Mailbox) : IAsyncDisposable
    {
        public async Task<AdminOrganisation> CustomerAsync() =>
            await (await AdminOperator.CreateAsync(Ledger, Admin, Mailbox, "jonkoping")).CustomerAsync();

        public ValueTask DisposeAsync() => Admin.DisposeAsync();
    }
}
