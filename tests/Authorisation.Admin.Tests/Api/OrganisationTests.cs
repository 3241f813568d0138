using System.Text.Json;
using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

public sealed class OrganisationTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData("SE", "5566778898")]
    [InlineData("NO", "974761077")]
    [InlineData("SE", "8507099805")]
    [InlineData("SE", "")]
    public async Task An_organisation_number_without_the_right_check_digit_or_of_a_person_is_refused(string country, string number)
    {
        var on = await NewOperatorAsync(country == "NO" ? "akt" : "jonkoping");

        (await Host.Nobody.PostAsync("/v1/organisations", on.Application(number))).RefusesFields("organisation_number");
    }

    [Theory]
    [InlineData("jonkoping", "556677-8899 ", "vat_number", "SE556677889901")]
    [InlineData("akt", "974 761 076", "vat_number", "NO 974761076 MVA")]
    public async Task Numbers_are_taken_as_people_write_them(string profile, string number, string vatField, string vat)
    {
        var on = await NewOperatorAsync(profile);
        var application = on.Application(profile == "jonkoping" ? "5560360793" : number);
        application[vatField] = profile == "jonkoping" ? "SE556036079301" : vat;

        var applied = (await Host.Nobody.PostAsync("/v1/organisations", application)).Is(201);

        Assert.Equal("applied", applied["status"]);
        Assert.DoesNotContain(" ", applied["organisation_number"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_an_application_is_told_at_once()
    {
        var on = await NewOperatorAsync();
        (await Host.Nobody.PostAsync("/v1/organisations", new { @operator = on.Code, vat_number = "SE1" })).RefusesFields(
            "organisation_number", "billing_address", "name", "contact.name", "contact.email", "vat_number");
        (await Host.Nobody.PostAsync("/v1/organisations", new { @operator = "no-such" })).RefusesFields(
            "operator", "billing_address", "name", "contact.name", "contact.email");
    }

    [Fact]
    public async Task Refusal_is_final_and_sent_to_the_applicant()
    {
        var on = await NewOperatorAsync();
        var email = Some.Email();
        var applied = (await Host.Nobody.PostAsync("/v1/organisations", on.Application(email: email))).Is(201);

        var refused = (await on.Staff.PostAsync($"/v1/organisations/{applied.Id}/refusal", new { reason = "Kreditprövning" })).Is(200);

        Assert.Equal("refused", refused["status"]);
        Assert.Contains("Kreditprövning", await Mailbox.WaitAsync(email, 2), StringComparison.Ordinal);
        (await on.Staff.PostAsync($"/v1/organisations/{applied.Id}/approval")).IsProblem(409, "decided_already");
    }

    [Fact]
    public async Task An_address_that_somebody_applies_with_again_and_again_is_not_flooded()
    {
        var on = await NewOperatorAsync();
        var email = Some.Email();
        for (var i = 0; i < 5; i++)
        {
            (await Host.Nobody.PostAsync("/v1/organisations", on.Application(email: email))).Is(201);
        }

        Assert.Equal(3L, await Ledger.AskAsync<long>("select count(*) from control.message where recipient = @email", new { email }));
    }

    [Fact]
    public async Task An_application_for_a_customer_is_decided_by_its_own_administrators()
    {
        var customer = await NewCustomerAsync();
        var email = Some.Email("ny");

        var applied = (await Host.Nobody.PostAsync(
            "/v1/organisations", customer.Operator.Application(customer.Number, email))).Is(201);

        Assert.Null(applied["applies_to"]);
        Assert.Contains(applied.Id.ToString(), await Mailbox.WaitAsync(customer.AdministratorEmail, 3), StringComparison.Ordinal);
        var stranger = await customer.Operator.CustomerAsync();
        (await stranger.Administrator.PostAsync($"/v1/organisations/{applied.Id}/approval")).IsProblem(404, "not_found");
        Assert.Contains(
            applied.Id.ToString(),
            (await customer.Administrator.GetAsync("/v1/organisations?status=applied")).Is(200).Items.Select(one => one["id"]!.ToString()), StringComparer.Ordinal);
        (await customer.Administrator.PostAsync($"/v1/organisations/{applied.Id}/approval")).Is(200);

        var joined = await customer.Operator.AcceptAsync(email);
        (await joined.GetAsync($"/v1/organisations/{customer.Id}")).Is(200);
        (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/administrators")).Is(200);
    }

    [Fact]
    public async Task Two_applications_for_one_number_cannot_both_become_a_customer()
    {
        var on = await NewOperatorAsync();
        var number = Some.OrganisationNumber("SE");
        var one = (await Host.Nobody.PostAsync("/v1/organisations", on.Application(number))).Is(201);
        var other = (await Host.Nobody.PostAsync("/v1/organisations", on.Application(number))).Is(201);

        var answers = await Task.WhenAll(
            on.Staff.PostAsync($"/v1/organisations/{one.Id}/approval"), on.Staff.PostAsync($"/v1/organisations/{other.Id}/approval"));

        Assert.Equal([200, 409], answers.Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task A_change_keeps_what_is_not_sent_and_needs_the_version_that_was_read()
    {
        var customer = await NewCustomerAsync();
        var path = $"/v1/organisations/{customer.Id}";
        var read = (await customer.Administrator.GetAsync(path)).Is(200);

        var changed = (await customer.Administrator.PatchAsync(path, new { name = "Vätterns Teknik & Co", e_invoice_address = "0007:5560360793" }, read.Tag)).Is(200);

        Assert.Equal(("Vätterns Teknik & Co", "0007:5560360793", "4711"), (changed["name"], changed["e_invoice_address"], changed["billing_reference"]));
        Assert.NotEqual(read.Tag, changed.Tag, StringComparer.Ordinal);
        (await customer.Administrator.PatchAsync(path, new { name = "x" }, read.Tag)).IsProblem(412, "changed_by_another");
        (await customer.Administrator.PatchAsync(path, new { name = "", cap_minor = 99, contact = new { email = "x" } })).RefusesFields("name", "cap_minor", "contact.email");
    }

    [Fact]
    public async Task Suspension_and_reinstatement_are_the_staffs()
    {
        var customer = await NewCustomerAsync();
        var path = $"/v1/organisations/{customer.Id}";

        (await customer.Administrator.PostAsync(path + "/suspension")).IsProblem(403, "forbidden");
        Assert.Equal("suspended", (await customer.Operator.Staff.PostAsync(path + "/suspension")).Is(200)["status"]);
        Assert.Equal("active", (await customer.Operator.Staff.PostAsync(path + "/reinstatement")).Is(200)["status"]);
    }

    [Fact]
    public async Task Lists_come_in_pages_that_follow_one_another()
    {
        var on = await NewOperatorAsync();
        for (var i = 0; i < 5; i++)
        {
            (await Host.Nobody.PostAsync("/v1/organisations", on.Application())).Is(201);
        }

        var seen = new List<string>();
        var query = "?page_size=2";
        for (var pages = 0; pages < 3; pages++)
        {
            var page = (await on.Staff.GetAsync("/v1/organisations" + query)).Is(200);
            seen.AddRange(page.Items.Select(one => one["id"]!.ToString()));
            query = $"?page_size=2&page_token={page["next_page_token"]}";
        }

        Assert.Equal(5, seen.Distinct(StringComparer.Ordinal).Count());
        Assert.EndsWith("page_token=", query, StringComparison.Ordinal);
        (await on.Staff.GetAsync("/v1/organisations?page_size=0")).RefusesFields("page_size");
        (await on.Staff.GetAsync("/v1/organisations?page_size=x")).RefusesFields("page_size");
        (await on.Staff.GetAsync("/v1/organisations?page_token=x")).RefusesFields("page_token");
        (await on.Staff.GetAsync("/v1/organisations?status=x")).RefusesFields("status");
    }

    [Fact]
    public async Task The_same_key_gets_the_same_answer_and_another_request_with_it_is_refused()
    {
        var on = await NewOperatorAsync();
        var application = on.Application();
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Host.Nobody.PostAsync("/v1/organisations", application, key)));

        Assert.Single(answers.Select(answer => answer.Is(201).Text).Distinct(StringComparer.Ordinal));
        Assert.Single(answers.Select(answer => answer.Tag).Distinct(StringComparer.Ordinal));
        application["name"] = "Another";
        (await Host.Nobody.PostAsync("/v1/organisations", application, key)).IsProblem(422, "key_used_otherwise");
    }

    [Fact]
    public async Task What_a_request_said_cannot_be_guessed_from_what_is_kept_of_it()
    {
        var on = await NewOperatorAsync();
        var body = JsonSerializer.Serialize(on.Application());
        var key = Guid.NewGuid().ToString();

        (await Host.Nobody.PostAsync("/v1/organisations", body, key)).Is(201);

        Assert.False(await Ledger.AskAsync<bool>(
            "select request = sha256(convert_to(@text, 'UTF8')) from control.idempotency where key = @key",
            new { text = "/v1/organisations\n" + body, key }));
    }

    [Fact]
    public async Task A_call_with_a_key_does_not_wait_for_one_that_removes_old_keys()
    {
        var on = await NewOperatorAsync();
        var old = Guid.NewGuid().ToString();
        await Ledger.ExecuteAsync(
            """
            insert into control.idempotency (owner, key, request, status, secret, made_at)
            values ('nobody', @old, '', 201, false, clock_timestamp() - interval '2 days')
            """,
            new { old });
        await using var session = await Ledger.OpenSessionAsync();
        await using var removing = await session.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(
            "select from control.idempotency where made_at < clock_timestamp() - interval '1 day' for update", session);
        await command.ExecuteNonQueryAsync();

        (await Host.Nobody.PostAsync("/v1/organisations", on.Application(), Guid.NewGuid().ToString())).Is(201);

        await removing.RollbackAsync();
        (await Host.Nobody.PostAsync("/v1/organisations", on.Application(), Guid.NewGuid().ToString())).Is(201);
        await Eventually.TrueAsync(
            async () => await Ledger.AskAsync<long>("select count(*) from control.idempotency where key = @old", new { old }) == 0,
            Eventually.Bound,
            "who meets it unlocked removes it");
    }
}
