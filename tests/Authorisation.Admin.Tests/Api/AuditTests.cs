using Authorisation.Admin.Commands;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Work;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

public sealed class AuditTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string InsufficientPrivilege = "42501";

    [Fact]
    public async Task Every_change_is_listed_with_person_place_state_before_and_after_and_departments_see_their_own()
    {
        var customer = await NewCustomerAsync();
        var department = await customer.AddDepartmentAsync("Verkstad");
        var chief = await customer.AddAdministratorAsync([], [department]);
        var traveller = await customer.TravellerAsync(department: department);
        var account = await customer.GiveAppAsync(traveller.Id);
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{account.Id}", new { limit_minor = 60_000 })).Is(200);

        var line = (await customer.Administrator.GetAsync("/v1/audit?page_size=1")).Is(200).Items.Single();

        Assert.Equal(
            ("credit_account.changed", customer.AdministratorEmail, "50000", "60000"),
            (line["what"]!.ToString(), line["who"]!.ToString(), line["before"]!["limit_minor"]!.ToString(), line["after"]!["limit_minor"]!.ToString()));
        Assert.False(string.IsNullOrEmpty(line["from"]!.ToString()));
        var seen = (await chief.GetAsync("/v1/audit")).Is(200).Items.Select(one => one["what"]!.ToString());
        Assert.Equal(["credit_account.changed", "credit_account.granted", "traveller.added", "department.added"], seen, StringComparer.Ordinal);
        (await chief.GetAsync($"/v1/audit?organisation_id={Guid.NewGuid()}")).IsProblem(404, "not_found");
        Assert.NotEmpty((await customer.Operator.Staff.GetAsync($"/v1/audit?organisation_id={customer.Id}")).Is(200).Items);
    }

    [Fact]
    public async Task A_credit_that_was_taken_away_is_told_as_it_was()
    {
        var customer = await NewCustomerAsync("jamtland");
        var card = Some.CardNumber();
        var traveller = await customer.TravellerAsync();
        var account = (await customer.TryGiveCardAsync(traveller.Id, card, 50_000)).Is(201);
        (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{account.Id}", new { status = "blocked" })).Is(200);

        (await customer.Administrator.DeleteAsync($"/v1/travellers/{traveller.Id}")).Is(204);

        var all = (await customer.Administrator.GetAsync("/v1/audit")).Is(200).Items;
        var given = all.Single(line => line["what"]!.ToString() == "credit_account.granted")["after"]!;
        var before = all.Single(line => line["what"]!.ToString() == "credit_account.revoked")["before"]!;
        Assert.Equal(
            (card, given["kind"]!.ToString(), "50000", "blocked", customer.DepartmentId.ToString(), traveller["id"]),
            (before["card_number"]!.ToString(), before["kind"]!.ToString(), before["limit_minor"]!.ToString(),
                before["status"]!.ToString(), before["department_id"]!.ToString(), before["traveller_id"]!.ToString()));
    }

    [Theory]
    [InlineData("update control.audit_entry set person_email = 'x'")]
    [InlineData("delete from control.audit_entry")]
    [InlineData("truncate control.audit_entry")]
    [InlineData("insert into authorisation (id) values (gen_random_uuid())")]
    [InlineData("update authorisation set amount_minor = 1")]
    [InlineData("delete from authorisation")]
    [InlineData("update credit_account set spent_minor = 0")]
    [InlineData("update credit_account set month = 0, held_minor = 0")]
    [InlineData("insert into operation (id) values (gen_random_uuid())")]
    [InlineData("update operation set amount_minor = 1")]
    [InlineData("delete from operation")]
    [InlineData("insert into control.staff_operation (operation_id) values (gen_random_uuid())")]
    [InlineData("update control.staff_operation set person_email = 'x'")]
    [InlineData("update billing_snapshot set traveller_name = 'x'")]
    [InlineData("delete from credit_account")]
    public async Task The_control_planes_role_cannot(string statement)
    {
        await using var session = await Ledger.OpenSessionAsync(Ledger.AdminConnectionString);
        await using var command = new NpgsqlCommand(statement, session);
        Assert.Equal(InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [Theory]
    [InlineData("select * from control.person")]
    [InlineData("select * from control.activation_code")]
    [InlineData("insert into access_token (sha256, operator_id) values ('', 1)")]
    [InlineData("update credit_account set activated_at = now()")]
    public async Task The_servers_role_cannot(string statement)
    {
        await using var session = await Ledger.OpenSessionAsync(Ledger.ServiceConnectionString);
        await using var command = new NpgsqlCommand(statement, session);
        Assert.Equal(InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task Not_even_the_owner_changes_the_trail()
    {
        await NewOperatorAsync();
        await Assert.ThrowsAsync<PostgresException>(() => Ledger.ExecuteAsync("delete from control.audit_entry"));
    }

    [Fact]
    public async Task Staff_is_made_by_a_command_which_keeps_the_password_of_a_person_who_has_one()
    {
        var on = await NewOperatorAsync();
        var email = Some.Email("staff");
        var made = await CreateStaffCommand.CreateAsync(Ledger.Owner, on.Code, email, "Stina", null);
        var password = made.Split(' ')[^1];
        await Host.SignInAsync(email, password);

        Assert.Contains("already", await CreateStaffCommand.CreateAsync(Ledger.Owner, on.Code, email, "Stina", "another password"), StringComparison.Ordinal);
        await Host.SignInAsync(email, password);
        await Assert.ThrowsAsync<RefusedException>(
            () => CreateStaffCommand.CreateAsync(Ledger.Owner, "no-such", email, "", null));
        await Assert.ThrowsAsync<RefusedException>(
            () => CreateStaffCommand.CreateAsync(Ledger.Owner, on.Code, "x", "", null));
        await Assert.ThrowsAsync<RefusedException>(
            () => CreateStaffCommand.CreateAsync(Ledger.Owner, on.Code, email, "", "short"));
    }

    [Fact]
    public async Task The_commands_run_with_the_control_planes_own_role()
    {
        await using var source = NpgsqlDataSource.Create(Ledger.AdminConnectionString);
        var on = await NewOperatorAsync();
        Assert.Contains(on.Code, await CreateStaffCommand.CreateAsync(source, on.Code, Some.Email(), "", null), StringComparison.Ordinal);
        var code = "c" + Guid.NewGuid().ToString("N")[..20];
        var command = CreateOperatorCommand.Create();
        Assert.Equal(0, await command.Parse(["--code", code, "--name", "AKT", "--currency", "NOK", "--time-zone", "Europe/Oslo", "--country", "NO", "--language", "nb", "--login", "mobile", "--purpose", "none", "--vat-basis-points", "1200", "--connection", Ledger.AdminConnectionString]).InvokeAsync());
        Assert.Equal("NO nb 3 0 1200", await Ledger.AskAsync<string>(
            "select country || ' ' || language || ' ' || activation_login || ' ' || purpose_rule || ' ' || vat_basis_points from operator where code = @code", new { code }));
    }

    [Fact]
    public async Task Cards_with_the_same_last_digits_are_told_apart()
    {
        var on = await NewOperatorAsync();
        string[] cards = ["9900000000001234", "9911111111111234"];
        foreach (var card in cards)
        {
            (await on.Staff.PostAsync("/v1/prepaid-cards", new { card_number = card })).Is(200);
        }

        (await on.Staff.DeleteAsync("/v1/prepaid-cards", body: new { card_number = cards[0] })).Is(204);

        var lines = (await on.Staff.GetAsync("/v1/audit?subject=card:…1234")).Is(200).Items;
        Assert.Equal(
            [$"prepaid_card.unmarked {cards[0]} ", $"prepaid_card.marked  {cards[1]}", $"prepaid_card.marked  {cards[0]}"],
            lines.Select(line => $"{line["what"]} {line["before"]?["card_number"]} {line["after"]?["card_number"]}"),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_operator_that_is_there_changes_in_what_is_given_at_once_and_with_a_line_in_the_trail()
    {
        var code = "c" + Guid.NewGuid().ToString("N")[..20];
        Assert.Equal(0, await SetOperatorAsync(code, "--name", "JLT", "--card-credit", "--cap-minor", "600000", "--login", "email", "--hold-minutes", "20"));
        Assert.Equal(0, await SetOperatorAsync(code, "--vat-basis-points", "1200"));
        Assert.Equal("JLT true 600000 1200 2 1200", await TermsAsync(code));

        // The name is right; the tax is not.
        Assert.Equal(1, await SetOperatorAsync(code, "--name", "Another", "--vat-basis-points", "0"));
        Assert.Equal(1, await SetOperatorAsync(code, "--currency", "NOK"));
        Assert.Equal(0, await SetOperatorAsync(code, "--vat-basis-points", "1200"));
        Assert.Equal(1, await SetOperatorAsync(code + "x", "--vat-basis-points", "1200"));
        Assert.Equal("JLT true 600000 1200 2 1200", await TermsAsync(code));
        Assert.Equal(0, await SetOperatorAsync(code, "--card-credit", "false", "--cap-minor", "0"));
        Assert.Equal("JLT false - 1200 2 1200", await TermsAsync(code));

        Assert.Equal(
            "operator.created -/true -/600000 -/600, operator.changed true/true 600000/600000 600/1200, operator.changed true/false 600000/- 1200/1200",
            await Ledger.AskAsync<string>(
                """
                select string_agg(format('%s %s/%s %s/%s %s/%s', action,
                  coalesce(before ->> 'offers_card_credit', '-'), after ->> 'offers_card_credit',
                  coalesce(before ->> 'cap_minor', '-'), coalesce(after ->> 'cap_minor', '-'),
                  coalesce(before ->> 'vat_basis_points', '-'), after ->> 'vat_basis_points'), ', ' order by id)
                from control.audit_entry where subject = 'operator:' || @code
                """,
                new { code }));
    }

    [Fact]
    public async Task Terms_that_no_invoice_or_hold_could_keep_are_refused_before_they_are_in_force()
    {
        var code = "c" + Guid.NewGuid().ToString("N")[..20];
        foreach (var wrong in new[]
        {
            "--vat-basis-points 800", "--vat-basis-points 1500", "--country NO --vat-basis-points 10001", "--hold-minutes 0",
            "--hold-minutes 525601", "--hold-minutes 2147483647", "--cap-minor 99", "--cap-minor -1", "--currency XTS",
        })
        {
            Assert.True(await SetOperatorAsync(code, ["--name", "X", .. wrong.Split(' ')]) == 1, wrong);
        }

        Assert.Equal(0, await Ledger.AskAsync<long>("select count(*) from operator where code = @code", new { code }));
        Assert.Equal(0, await SetOperatorAsync(code, "--name", "X", "--country", "NO", "--vat-basis-points", "1111"));
        // A Swedish operator cannot have it; and once there are customers it stays what it is.
        Assert.Equal(1, await SetOperatorAsync(code, "--country", "SE"));
        Assert.Equal(0, await SetOperatorAsync(code, "--country", "SE", "--vat-basis-points", "600"));
        var customer = await NewCustomerAsync();
        Assert.Equal(1, await SetOperatorAsync(customer.Operator.Code, "--country", "NO"));
    }

    private Task<int> SetOperatorAsync(string code, params string[] terms) =>
        CreateOperatorCommand.Create().Parse(["--code", code, "--connection", Ledger.AdminConnectionString, .. terms]).InvokeAsync();

    private Task<string> TermsAsync(string code) => Ledger.AskAsync<string>(
        """
        select concat_ws(' ', name, offers_card_credit::text, coalesce(cap_minor::text, '-'), vat_basis_points, activation_login, hold_seconds)
        from operator where code = @code
        """,
        new { code });
}
