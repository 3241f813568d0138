using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Imports;

/// <summary>
/// A limit that a file changes goes by the same rule as one that a single call changes, and the trail says the same of
/// it.
/// </summary>
public sealed class LimitRuleTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_limit_above_a_cap_that_was_lowered_since_is_lowered_to_still_above_it_by_a_call_and_by_a_file()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var (byCall, byFile) = (await TravellerAsync(customer), await TravellerAsync(customer));
        await LowerCapAsync(customer, 30_000);

        (await customer.Administrator.PatchAsync(byCall.Path, new { limit_minor = 40_000 })).Is(200);
        var import = await ImportAsync(customer, $"email,limit\n{byFile.Email},400\n");

        Assert.Equal(("1", "0"), (import["rows_applied"], import["rows_failed"]));
        Assert.Equal("40000", await LimitAsync(customer, byFile));
        var (called, filed) = (await LineAsync(customer, byCall), await LineAsync(customer, byFile));
        Assert.Equal(
            Without(called, "id", "at", "subject"), Without(filed, "id", "at", "subject"), StringComparer.Ordinal);
        Assert.Equal("50000", filed["before"]!["limit_minor"]!.ToString());
        Assert.Equal("40000", filed["after"]!["limit_minor"]!.ToString());
    }

    [Fact]
    public async Task A_file_that_repeats_a_limit_above_a_lowered_cap_changes_nothing()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var traveller = await TravellerAsync(customer);
        await LowerCapAsync(customer, 30_000);
        var before = (await customer.Administrator.GetAsync(traveller.Path)).Is(200);

        var import = await ImportAsync(customer, $"email,limit\n{traveller.Email},500\n");

        Assert.Equal(("0", "1", "0"), (import["rows_applied"], import["rows_unchanged"], import["rows_failed"]));
        Assert.Equal(before.Tag, (await customer.Administrator.GetAsync(traveller.Path)).Is(200).Tag);
    }

    [Fact]
    public async Task Neither_a_call_nor_a_file_raises_a_limit_above_the_cap_or_lowers_it_to_less_than_a_krona()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var traveller = await TravellerAsync(customer);
        await LowerCapAsync(customer, 30_000);

        foreach (var minor in new[] { 50_001, 99 })
        {
            (await customer.Administrator.PatchAsync(traveller.Path, new { limit_minor = minor }))
                .RefusesFields("limit_minor");
        }

        foreach (var limit in new[] { "500,01", "0,99" })
        {
            var refused = await customer.Administrator.PostCsvAsync(
                Path(customer), $"email;limit\n{traveller.Email};{limit}\n");
            Assert.Equal("limit 2:2", refused.IsProblem(422, "rows_refused").Places);
        }

        Assert.Equal("50000", await LimitAsync(customer, traveller));
    }

    [Fact]
    public async Task A_limit_is_changed_also_where_the_operator_gives_no_new_app_credit_by_a_call_and_by_a_file()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var (byCall, byFile) = (await TravellerAsync(customer), await TravellerAsync(customer));
        await Ledger.ExecuteAsync(
            "update operator set offers_app_credit = false, sms_calling_codes = array['47'] where id = @Id",
            new { customer.Operator.Id });

        (await customer.Administrator.PatchAsync(byCall.Path, new { limit_minor = 60_000 })).Is(200);
        var import = await ImportAsync(customer, $"email,limit\n{byFile.Email},600\n");

        Assert.Equal("1", import["rows_applied"]);
        Assert.Equal("60000", await LimitAsync(customer, byFile));
        var refused = await customer.Administrator.PostCsvAsync(
            Path(customer),
            $"email,mobile,limit\na@example.com,{Some.SwedishMobile()},500\n{byCall.Email},{Some.SwedishMobile()},\n");
        Assert.Equal("limit 2:3,mobile 3:2", refused.IsProblem(422, "rows_refused").Places);
    }

    [Fact]
    public async Task A_traveller_is_added_without_a_department_neither_by_a_call_nor_by_a_file()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var closed = await customer.AddDepartmentAsync("Kontor");
        var chief = await customer.AddAdministratorAsync(["travellers"], [closed]);
        (await customer.Administrator.DeleteAsync($"/v1/departments/{closed}")).Is(204);

        (await chief.PostAsync($"/v1/organisations/{customer.Id}/travellers", new { email = Some.Email() }))
            .RefusesFields("department_id");
        var refused = (await chief.PostCsvAsync(Path(customer), $"email\n{Some.Email()}\n")).IsProblem(422, "rows_refused");
        Assert.Equal("avdelning 2:1", refused.Places);
    }

    [Fact]
    public async Task A_row_whose_limit_is_refused_leaves_its_traveller_as_it_was()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var traveller = await TravellerAsync(customer);
        var before = (await customer.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200);
        var import = Guid.CreateVersion7();

        // As a file that was right when it came, before the cap was lowered.
        await LowerCapAsync(customer, 30_000);
        await Ledger.ExecuteAsync(
            """
            insert into control.traveller_import
              (id, organisation_id, person_id, state, valid_rows_only, rows_total, column_names, column_places)
            select @import, @organisation, id, 1, false, 3,
                   array['email', 'name', 'mobile', 'department', 'limit'], array[1, 2, 3, 4, 5]
            from control.person where email = @AdministratorEmail;
            insert into control.traveller_import_row (import_id, line, email, name, mobile, limit_minor)
            values (@import, 2, @Email, 'Another Name', @mobile, 60000),
                   (@import, 3, @Email, '', null, 50000),
                   (@import, 4, @Email, '', null, 40000)
            """,
            new
            {
                import,
                organisation = customer.Id,
                customer.AdministratorEmail,
                traveller.Email,
                mobile = Some.SwedishMobile(),
            });
        var done = await customer.ImportedAsync(import);

        Assert.Equal("limit 2:5", done.Places);
        Assert.Equal(("1", "1", "1"), (done["rows_applied"], done["rows_unchanged"], done["rows_failed"]));
        var after = (await customer.Administrator.GetAsync($"/v1/travellers/{traveller.Id}")).Is(200);
        Assert.Equal((before.Tag, before.Text), (after.Tag, after.Text));
        Assert.Equal("40000", await LimitAsync(customer, traveller));
        Assert.Equal(0L, await Ledger.AskAsync<long>(
            "select count(*) from control.audit_entry where organisation_id = @Id and action = 'traveller.changed'",
            new { customer.Id }));
    }

    private static string Path(AdminOrganisation customer) => $"/v1/organisations/{customer.Id}/traveller-imports";

    // With 500 kr of app credit.
    private static async Task<Traveller> TravellerAsync(AdminOrganisation customer)
    {
        var traveller = await customer.TravellerAsync();
        return new Traveller(traveller.Id, traveller["email"]!, (await customer.GiveAppAsync(traveller.Id)).Id);
    }

    private static async Task LowerCapAsync(AdminOrganisation customer, long capMinor) =>
        (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { cap_minor = capMinor })).Is(
            200);

    private static async Task<ApiAnswer> ImportAsync(AdminOrganisation customer, string file) =>
        await customer.ImportedAsync((await customer.Administrator.PostCsvAsync(Path(customer), file)).Is(202).Id);

    private static async Task<string?> LimitAsync(AdminOrganisation customer, Traveller traveller) =>
        (await customer.Administrator.GetAsync(traveller.Path)).Is(200)["limit_minor"];

    private static async Task<JsonObject> LineAsync(AdminOrganisation customer, Traveller traveller) =>
        (await customer.Administrator.GetAsync($"/v1/audit?subject=credit_account:{traveller.Account}")).Is(200).Items
        .Single(line => line["what"]!.ToString() == "credit_account.changed");

    private static string Without(JsonObject line, params string[] names) => new JsonObject(
        line.Where(one => !names.Contains(one.Key, StringComparer.Ordinal))
            .Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone()))).ToJsonString();

    private sealed record Traveller(Guid Id, string Email, Guid Account)
    {
        public string Path => $"/v1/credit-accounts/{Account}";
    }
}
