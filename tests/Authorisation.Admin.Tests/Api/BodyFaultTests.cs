using System.Text;
using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>
/// What does not fit in a body is told at once, each field by its name, before anything is read or written for it.
/// </summary>
public sealed class BodyFaultTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task All_fields_that_are_unknown_repeated_of_a_wrong_kind_or_no_text_are_told_at_once()
    {
        var refused = (await Host.Nobody.PostAsync(
            "/v1/organisations",
            """
            {"operator":7,"nmae":"x","name":"a\u0000b","organisation_number":["1"],"contact":{"name":true,"e_mail":"x","email":"\ud800"},
             "billing_address":"Storgatan","billing_reference":"1","billing_reference":"2","vat_number":{"a":1}}
            """)).RefusesFields(
                "operator", "nmae", "name", "organisation_number", "contact.name", "contact.e_mail", "contact.email", "billing_address",
                "billing_reference", "vat_number");

        Assert.Equal(
            "operator=wrong_kind nmae=unknown name=characters organisation_number=wrong_kind contact.name=wrong_kind contact.e_mail=unknown "
            + "contact.email=characters billing_address=wrong_kind billing_reference=repeated vat_number=wrong_kind",
            Codes(refused));
    }

    [Fact]
    public async Task Fields_in_lists_and_tables_are_told_by_their_places()
    {
        var at = await NewOperatorAsync();
        var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Some.Invoicing("SE")))!.AsObject();
        body["vat_rates"] = JsonNode.Parse("""[{"vat_category":"S","vat_basis_points":600},{"rate":1,"vat_basis_points":"x"}]""");
        body["product_texts"] = JsonNode.Parse("""{"single":5,"m\u0000":"x"}""");
        body["payment_days"] = 1.5;

        var refused = await at.Staff.PutAsync($"/v1/operators/{at.Code}/invoicing", body);

        Assert.Equal(
            "payment_days=wrong_kind vat_rates[1].rate=unknown vat_rates[1].vat_basis_points=wrong_kind product_texts.single=wrong_kind "
            + "product_texts=characters",
            Codes(refused.IsProblem(400, "invalid_fields")));
    }

    [Fact]
    public async Task A_body_full_of_nonsense_is_told_of_a_bounded_number_of_fields()
    {
        var fields = string.Join(',', Enumerable.Range(0, 4_000).Select(i => $"\"x{i}\":{i}"));

        var refused = (await Host.Nobody.PostAsync("/v1/sessions", "{" + fields + "}")).IsProblem(400, "invalid_fields");

        Assert.Equal(Authorisation.Core.Limits.BodyErrorsMax, refused.Body["errors"]!.AsArray().Count);
    }

    [Fact]
    public async Task U_0000_is_named_in_every_text_that_every_call_takes()
    {
        var customer = await NewCustomerAsync();
        (await customer.Administrator.PutAsync(
            $"/v1/organisations/{customer.Id}/subscription-settings",
            new { department_id = customer.DepartmentId, approval = "automatic" })).Is(200);
        var document = await ApiDocument.ReadAsync(Host);
        var (fields, parameters) = (0, 0);

        foreach (var operation in document.Operations)
        {
            var path = await PathAsync(operation, customer);
            foreach (var field in operation.Body is { } schema ? document.FieldsOf(schema).Where(one => one.Is("string")) : [])
            {
                var refused = await customer.Operator.Staff.SendAsync(new HttpMethod(operation.Method), path, BodyWith(field.Path, "a\0b"));
                // What staff may not do, an administrator may.
                refused = refused.Status == 403
                    ? await customer.Administrator.SendAsync(new HttpMethod(operation.Method), path, BodyWith(field.Path, "a\0b"))
                    : refused;
                // An id, a day and a moment are no texts, and a list is told by its place.
                var code = field.Schema["format"]?.ToString() is "uuid" or "date" or "date-time" ? "wrong_kind" : "characters";
                Assert.True(
                    // What only the traveller may do, neither of them does.
                    refused.Status is 403 or 404 || Codes(refused) == $"{field.Path.Replace("[]", "[0]", StringComparison.Ordinal)}={code}",
                    $"{operation.Id} {field.Path}: {refused.Text}");
                fields += refused.Status == 400 ? 1 : 0;
            }

            foreach (var parameter in operation.Parameters.Where(one => one["in"]!.ToString() == "query" && one["schema"]!["maxLength"] is not null))
            {
                var name = parameter["name"]!.ToString();
                var refused = await customer.Operator.Staff.GetAsync($"{path}?{name}=a%00b");
                Assert.True(
                    refused.Status == 404 || (refused.Status == 400 && refused.Fields.Contains(name, StringComparison.Ordinal)),
                    $"{operation.Id} {name}: {refused.Text}");
                parameters += refused.Status == 400 ? 1 : 0;
            }
        }

        Assert.True(fields > 50 && parameters > 20, $"{fields} fields and {parameters} parameters were tried");
    }

    [Theory]
    [InlineData("\u202a")]
    [InlineData("\u202e")]
    [InlineData("\u2066")]
    [InlineData("\u2069")]
    public async Task Characters_that_turn_the_direction_of_text_are_in_no_name(string character)
    {
        var customer = await NewCustomerAsync();
        var name = $"Anna {character}greB";

        var travellers = $"/v1/organisations/{customer.Id}/travellers";
        var refused = (await customer.Administrator.PostAsync(travellers, new { email = Some.Email(), name })).RefusesFields("name");
        Assert.Equal("name=characters", Codes(refused));
        (await customer.Administrator.PatchAsync($"/v1/organisations/{customer.Id}", new { name })).RefusesFields("name");
        var file = (await customer.Administrator.PostCsvAsync(
            $"/v1/organisations/{customer.Id}/traveller-imports", $"email,name\n{Some.Email()},{name}\n")).IsProblem(422, "rows_refused");
        Assert.Equal("name", file.Fields);
        // Letters that are written from right to left need none of them.
        (await customer.Administrator.PostAsync(travellers, new { email = Some.Email(), name = "نور אבי" })).Is(201);
    }

    [Fact]
    public async Task A_body_is_refused_where_a_call_takes_none_and_after_403_and_404()
    {
        var customer = await NewCustomerAsync();
        var path = $"/v1/organisations/{customer.Id}/suspension";
        var body = new { reason = "Betalar inte", until = 1 };

        Assert.Equal("reason=unknown until=unknown", Codes((await customer.Operator.Staff.PostAsync(path, body)).Is(400)));
        (await customer.Operator.Staff.PostAsync(path, "[]")).RefusesFields("body");
        (await customer.Operator.Staff.PostAsync(path, "no JSON")).RefusesFields("body");
        (await customer.Administrator.PostAsync(path, body)).IsProblem(403, "forbidden");
        (await Host.Nobody.PostAsync(path, body)).IsProblem(401, "no_session");
        (await customer.Operator.Staff.PostAsync($"/v1/organisations/{Guid.NewGuid()}/suspension", body)).IsProblem(404, "not_found");
        (await customer.Administrator.DeleteAsync($"/v1/travellers/{(await customer.TravellerAsync()).Id}", body: body)).RefusesFields("reason", "until");
        Assert.Equal("active", (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}")).Is(200)["status"]);

        (await customer.Operator.Staff.PostAsync(path, "{}")).Is(200);
        (await customer.Operator.Staff.PostAsync(path.Replace("suspension", "reinstatement", StringComparison.Ordinal), new StringContent("", Encoding.UTF8, "text/plain"))).Is(200);
    }

    [Fact]
    public async Task Suspending_what_is_suspended_changes_nothing_and_is_in_no_trail()
    {
        var customer = await NewCustomerAsync();
        var (staff, path) = (customer.Operator.Staff, $"/v1/organisations/{customer.Id}");

        (await staff.PostAsync(path + "/reinstatement")).Is(200);
        var first = (await staff.PostAsync(path + "/suspension")).Is(200);
        var second = (await staff.PostAsync(path + "/suspension")).Is(200);

        Assert.Equal((first.Tag, first.Text), (second.Tag, second.Text));
        (await staff.PostAsync(path + "/reinstatement")).Is(200);
        (await staff.PostAsync(path + "/reinstatement")).Is(200);
        var trail = (await staff.GetAsync($"/v1/audit?subject=organisation:{customer.Id}")).Is(200).Items
            .Select(line => line["what"]!.ToString()).Where(what => what is "organisation.suspended" or "organisation.reinstated");
        Assert.Equal("organisation.reinstated organisation.suspended", string.Join(' ', trail));
    }

    // The codes of what is refused, in order.
    private static string Codes(ApiAnswer refused) =>
        string.Join(' ', (refused.Body["errors"]?.AsArray() ?? []).Select(one => $"{one!["field"]}={one["code"]}"));

    // A body with one field in it, as deep as its path says.
    private static string BodyWith(string path, string text)
    {
        JsonNode value = JsonValue.Create(text)!;
        foreach (var name in path.Split('.').Reverse())
        {
            var isList = name.EndsWith("[]", StringComparison.Ordinal);
            value = new JsonObject { [name.Replace("[]", "", StringComparison.Ordinal)] = isList ? new JsonArray(value) : value };
        }

        return value.ToJsonString();
    }

    private static async Task<string> PathAsync(ApiDocument.Operation operation, AdminOrganisation customer)
    {
        var path = operation.Path.Replace("{code}", customer.Operator.Code, StringComparison.Ordinal)
            .Replace("{product}", "single-adult", StringComparison.Ordinal);
        var id = operation.Path.Split('/')[2] switch
        {
            "organisations" when operation.Id == "refuse_organisation" =>
                (await customer.Operator.Host.Nobody.PostAsync("/v1/organisations", customer.Operator.Application())).Is(201).Id,
            "organisations" => customer.Id,
            "departments" => customer.DepartmentId,
            "travellers" => (await customer.TravellerAsync()).Id,
            "credit-accounts" => (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id,
            "administrators" => (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/administrators")).Is(200)
                .Items.Select(one => Guid.Parse(one["id"]!.ToString())).First(),
            _ => Guid.NewGuid(),
        };
        if (path.Contains("{import}", StringComparison.Ordinal))
        {
            var list = await customer.Administrator.PostCsvAsync(
                $"/v1/organisations/{customer.Id}/traveller-imports?mode=whole_list", $"email\n{Some.Email()}\n");
            path = path.Replace("{import}", list.Is(202).Id.ToString(), StringComparison.Ordinal);
        }

        return path.Replace("{id}", id.ToString(), StringComparison.Ordinal);
    }
}
