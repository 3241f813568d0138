using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Terms are read by everybody, and accepted before anything is changed.</summary>
public sealed class TermsTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Until_terms_are_accepted_an_organisation_reads_and_changes_nothing()
    {
        var customer = await NewCustomerAsync();
        var department = await customer.AddDepartmentAsync("Verkstad");
        var chief = await customer.AddAdministratorAsync(["travellers"], [department]);
        var traveller = await customer.TravellerAsync(department: department);
        await customer.Operator.PublishTermsAsync("privacy", "2026-1");
        await customer.Operator.PublishTermsAsync("general", "F-1", null, "organisation");
        await customer.Operator.PublishTermsAsync("travel", "R-1", null, "traveller");
        var path = $"/v1/travellers/{traveller.Id}";

        foreach (var caller in new[] { customer.Administrator, chief })
        {
            var refused = (await caller.PatchAsync(path, new { name = "Bo" })).IsProblem(409, "terms_not_accepted");
            Assert.Equal("general F-1, privacy 2026-1", Named(refused.Body["terms"]!));
            Assert.Equal("""["sv"]""", refused.Body["terms"]![0]!["languages"]!.ToJsonString());
            Assert.Equal("Anna Berg", (await caller.GetAsync(path)).Is(200)["name"]);
        }

        // What is wrong with a change is told first, and staff are not asked.
        (await customer.Administrator.PatchAsync(path, new { email = "x" })).RefusesFields("email");
        (await customer.Operator.Staff.PatchAsync(path, new { name = "Cecilia" })).Is(200);

        foreach (var one in (await customer.Administrator.GetAsync("/v1/me")).Is(200).Body["terms_to_accept"]!.AsArray())
        {
            var read = (await Host.Nobody.GetAsync(one!["read"]!.ToString())).Is(200);
            Assert.Contains("Vi sparar dina köp.", read.Body["texts"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
            (await chief.PostAsync(one["accept"]!.ToString(), new { kind = read["kind"], version = read["version"] })).IsProblem(403, "forbidden");
            (await customer.Administrator.PostAsync(one["accept"]!.ToString(), new { kind = read["kind"], version = read["version"] })).Is(204);
        }

        (await customer.Administrator.PatchAsync(path, new { name = "Bo" })).Is(200);
        (await chief.PatchAsync(path, new { name = "Anna" })).Is(200);
        var accepted = (await chief.GetAsync($"/v1/organisations/{customer.Id}/terms-acceptances")).Is(200).Items;
        Assert.Equal("general F-1, privacy 2026-1", Named(new JsonArray([.. accepted.Select(one => one.DeepClone())])));
        Assert.All(accepted, one => Assert.Equal(customer.AdministratorEmail, one["accepted_by"]!.ToString()));
        Assert.Equal(
            2, (await customer.Administrator.GetAsync("/v1/audit")).Is(200).Items.Count(line => line["what"]!.ToString() == "terms.accepted"));
    }

    [Fact]
    public async Task A_traveller_accepts_for_themselves()
    {
        var customer = await NewCustomerAsync();
        var traveller = await customer.TravellerAsync();
        var caller = await customer.SignInTravellerAsync(traveller);
        await customer.Operator.PublishTermsAsync("general", "F-1", null, "organisation");
        await customer.Operator.PublishTermsAsync("general", "R-1", null, "traveller");
        var path = $"/v1/travellers/{traveller.Id}";

        var refused = (await caller.PutAsync(path + "/notifications", new { email = true, sms = true })).IsProblem(409, "terms_not_accepted");
        Assert.Equal("general R-1", Named(refused.Body["terms"]!));
        (await caller.GetAsync(path + "/authorisations")).Is(200);

        (await caller.PostAsync(path + "/terms-acceptances", new { kind = "general", version = "F-1" })).RefusesFields("version");
        (await caller.PostAsync(path + "/terms-acceptances", new { kind = "general", version = "R-1" })).Is(204);
        (await caller.PostAsync(path + "/terms-acceptances", new { kind = "general", version = "R-1" })).Is(204);

        (await caller.PutAsync(path + "/notifications", new { email = true, sms = true })).Is(200);
        Assert.Single((await customer.Operator.Staff.GetAsync(path + "/terms-acceptances")).Is(200).Items);
    }

    [Fact]
    public async Task A_new_version_asks_again_from_its_day_by_the_operators_clocks_and_not_before()
    {
        // In Kiritimati it is at least a day later than in Pago Pago.
        var (late, early) = (await NewCustomerAsync(), await NewCustomerAsync());
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTimeOffset.UtcNow, "Pacific/Kiritimati").DateTime);
        foreach (var (customer, zone) in new[] { (late, "Pacific/Kiritimati"), (early, "Pacific/Pago_Pago") })
        {
            await Ledger.ExecuteAsync("update operator set time_zone = @zone where id = @Id", new { zone, customer.Operator.Id });
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTimeOffset.UtcNow, zone).DateTime);
            await customer.Operator.PublishTermsAsync("privacy", "1", today.AddDays(1));
            await Ledger.ExecuteAsync("update control.terms_document set valid_from = valid_from - 9 where operator_id = @Id", customer.Operator);
            await AcceptAsync(customer, "1", 204);
            await customer.Operator.PublishTermsAsync("privacy", "2", day);
        }

        (await late.Administrator.PatchAsync($"/v1/organisations/{late.Id}", new { billing_reference = "1" })).IsProblem(409, "terms_not_accepted");
        (await early.Administrator.PatchAsync($"/v1/organisations/{early.Id}", new { billing_reference = "1" })).Is(200);

        await AcceptAsync(late, "1", 400);
        await AcceptAsync(late, "2", 204);
        (await late.Administrator.PatchAsync($"/v1/organisations/{late.Id}", new { billing_reference = "2" })).Is(200);
        // One that is coming can be accepted before, and stays as it is then.
        await AcceptAsync(early, "2", 204);
        (await early.Operator.Staff.DeleteAsync($"/v1/operators/{early.Operator.Code}/terms/privacy/2")).IsProblem(409, "terms_in_force");
        Assert.Equal(
            "1 replaced, 2 in_force / 1 in_force, 2 coming",
            $"{await StatusesAsync(late)} / {await StatusesAsync(early)}");
    }

    [Fact]
    public async Task Terms_in_force_stay_as_they_are_and_those_that_are_coming_can_be_changed_or_withdrawn()
    {
        var op = await NewOperatorAsync();
        await op.PublishTermsAsync("privacy", "1");
        await op.PublishTermsAsync("privacy", "1");
        await op.PublishTermsAsync("privacy", "2", AdminOperator.Today.AddDays(5));
        await op.PublishTermsAsync("privacy", "2", AdminOperator.Today.AddDays(6));
        var path = $"/v1/operators/{op.Code}/terms/privacy/";
        var texts = new[] { new { language = "sv", title = "Policy", text = "En annan text." } };

        (await op.Staff.PutAsync(path + "1", new { valid_from = AdminOperator.Today, texts })).IsProblem(409, "terms_in_force");
        (await op.Staff.DeleteAsync(path + "1")).IsProblem(409, "terms_in_force");
        (await op.Staff.PutAsync(path + "3", new { valid_from = AdminOperator.Today.AddDays(6), texts })).RefusesFields("valid_from");
        (await op.Staff.PutAsync(path + "3", new { valid_from = AdminOperator.Today.AddDays(-1), texts })).RefusesFields("valid_from");
        (await op.Staff.DeleteAsync(path + "2")).Is(204);
        (await Host.Nobody.GetAsync(path + "2")).IsProblem(404, "not_found");

        var listed = (await Host.Nobody.GetAsync($"/v1/operators/{op.Code}/terms")).Is(200).Items.Single();
        Assert.Equal(("1", "in_force"), (listed["version"]!.ToString(), listed["status"]!.ToString()));
        (await Host.Nobody.GetAsync("/v1/operators/nobody/terms")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Every_field_of_terms_has_its_bound()
    {
        var op = await NewOperatorAsync();
        var path = $"/v1/operators/{op.Code}/terms/";

        (await op.Staff.PutAsync(path + "wishes/a%20b", new
        {
            valid_from = (string?)null,
            accepted_by = new[] { "everybody" },
            texts = new[] { new { language = "da", title = new string('x', 121), text = new string('x', 20_001) } },
        })).RefusesFields(
            "kind", "version", "valid_from", "accepted_by", "texts", "texts[0].language", "texts[0].title", "texts[0].text");
        var twice = new { language = "sv", title = " ", text = "a\u0007b" };
        (await op.Staff.PutAsync(
            path + "privacy/1", new { valid_from = AdminOperator.Today, accepted_by = Array.Empty<string>(), texts = new[] { twice, twice } }))
            .RefusesFields(
                "accepted_by", "texts[0].title", "texts[0].text", "texts[1].language", "texts[1].title", "texts[1].text");
    }

    private static async Task AcceptAsync(AdminOrganisation customer, string version, int status) => (await customer.Administrator.PostAsync(
        $"/v1/organisations/{customer.Id}/terms-acceptances", new { kind = "privacy", version })).Is(status);

    private static async Task<string> StatusesAsync(AdminOrganisation customer)
    {
        var found = new List<string>();
        foreach (var version in new[] { "1", "2" })
        {
            found.Add($"{version} {(await customer.Administrator.GetAsync($"/v1/operators/{customer.Operator.Code}/terms/privacy/{version}")).Is(200)["status"]}");
        }

        return string.Join(", ", found);
    }

    private static string Named(JsonNode terms) => string.Join(
        ", ", terms.AsArray().Select(one => $"{one!["kind"]} {one["version"]}").Order(StringComparer.Ordinal));
}
