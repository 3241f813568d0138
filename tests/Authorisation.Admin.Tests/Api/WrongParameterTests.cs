using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Whatever is in the address of any call: who calls is asked first, then what that one may, then all that is wrong is told.</summary>
public sealed class WrongParameterTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Every_call_tells_all_parameters_that_are_wrong_at_once_and_after_401_403_and_404()
    {
        var at = await NewOperatorAsync();
        await at.SetInvoicingAsync();
        var customer = await at.CustomerAsync();
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);
        var month = new ClosedMonth(at, ClosedMonth.Ago(1));
        await month.BuyAsync(account.Id, 5_000);
        await month.MonthEndAsync();
        var invoice = (await at.Staff.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"]!.ToString();
        var stranger = (await NewCustomerAsync()).Administrator;
        await customer.SetSubscriptionsAsync();
        var link = await customer.OrderLinkAsync();
        var employee = await customer.EnterAsync(link, Some.SwedishMobile());
        var calls = await CallsAsync();

        foreach (var (method, route, parameters) in calls)
        {
            var path = route.Replace("{month}", $"{month.Month}", StringComparison.Ordinal);
            var query = "?" + string.Join('&', parameters.Select(one => $"{one.Key}={one.Value.Wrong}").Append("nonsense=1"));
            var known = path.Replace("{id}", IdIn(path), StringComparison.Ordinal).Replace("{code}", at.Code, StringComparison.Ordinal)
                .Replace("/v1/order-links/{token}", link, StringComparison.Ordinal);
            var unknown = path.Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal).Replace("{code}", "nobody", StringComparison.Ordinal);
            var what = $"{method} {path}{query}";

            Assert.True((await SendAsync(Host.Nobody, method, known + query)).Code == "no_session", what);
            if (path.Contains("{id}", StringComparison.Ordinal) || path.Contains("{code}", StringComparison.Ordinal))
            {
                var unseen = await SendAsync(stranger, method, known + query);
                Assert.True(unseen.Status is 403 or 404, $"{what}: {unseen.Text}");
                Assert.True((await SendAsync(at.Staff, method, unknown + query)).Status == 404, what);
            }

            var caller = path.StartsWith("/v1/order-links", StringComparison.Ordinal) ? employee : at.Staff;
            var refused = (await SendAsync(caller, method, known + query)).RefusesFields([.. parameters.Keys, "nonsense"]);
            foreach (var error in refused.Body["errors"]!.AsArray().Where(one => one!["field"]!.ToString() != "nonsense"))
            {
                var (name, code) = (error!["field"]!.ToString(), error["code"]!.ToString());
                Assert.Equal((what, name, parameters[name].Code), (what, name, code));
                Assert.Equal((name, parameters[name].Bounds), (name, $"{error["min"]}{error["max"]}{error["allowed"]?.ToJsonString()}"));
            }
        }

        Assert.NotEmpty(calls);

        string IdIn(string path) => path.Split('/')[2] switch
        {
            "organisations" => customer.Id.ToString(),
            "departments" => customer.DepartmentId.ToString(),
            "travellers" => traveller.Id.ToString(),
            "credit-accounts" => account.Id.ToString(),
            "invoices" => invoice,
            _ => "",
        };
    }

    [Fact]
    public async Task What_is_out_of_bounds_is_told_with_the_bounds_and_what_is_empty_is_nothing()
    {
        var customer = await NewCustomerAsync();
        var path = $"/v1/organisations/{customer.Id}/travellers";

        foreach (var size in (string[])["0", "201", "-1"])
        {
            var error = (await customer.Administrator.GetAsync($"{path}?page_size={size}")).RefusesFields("page_size").Body["errors"]![0]!;
            Assert.Equal(("out_of_range", "1", "200"), (error["code"]!.ToString(), error["min"]!.ToString(), error["max"]!.ToString()));
        }

        (await customer.Administrator.GetAsync($"{path}?page_size=&department_id=")).RefusesFields("page_size", "department_id");
        (await customer.Administrator.GetAsync($"{path}?page_size=99999999999&page_token=%C3%A9")).RefusesFields("page_size", "page_token");
    }

    [Fact]
    public async Task A_wrong_parameter_is_told_instead_of_what_depends_on_it_and_nothing_is_changed()
    {
        var customer = await NewCustomerAsync();
        var path = $"/v1/organisations/{customer.Id}/traveller-imports?mode=some";

        (await customer.Administrator.PostCsvAsync(path, "email\nno address\n")).RefusesFields("mode");
        (await customer.Administrator.DeleteAsync("/v1/sessions?all=perhaps")).RefusesFields("all");

        Assert.Single((await customer.Administrator.GetAsync("/v1/sessions")).Is(200).Items);
    }

    private static Task<ApiAnswer> SendAsync(ApiCaller caller, string method, string path) => method == "post"
        ? caller.PostCsvAsync(path, $"email\n{Some.Email()}\n")
        : caller.SendAsync(new HttpMethod(method), path);

    // Each call that has parameters in its address, and for each of them a value that is wrong, unless none is.
    private async Task<List<(string Method, string Path, Dictionary<string, Parameter> Parameters)>> CallsAsync()
    {
        var document = (await Host.Nobody.GetAsync("/openapi/v1.json")).Is(200).Body;
        var calls =
            from path in document["paths"]!.AsObject()
            from method in path.Value!.AsObject()
            let parameters = (method.Value!["parameters"]?.AsArray() ?? [])
                .Where(one => one!["in"]!.ToString() == "query")
                .Select(one => (Name: one!["name"]!.ToString(), Wrong: WrongFor(one["name"]!.ToString(), one["schema"]!)))
                .Where(one => one.Wrong is not null)
                .ToDictionary(one => one.Name, one => one.Wrong!, StringComparer.Ordinal)
            where parameters.Count > 0
            select (method.Key, path.Key, parameters);
        return [.. calls];
    }

    private static Parameter? WrongFor(string name, JsonNode schema) => (name, schema["type"]?.ToString(), schema["format"]?.ToString()) switch
    {
        ("q" or "subject" or "pay_type", _, _) => null,
        ("operator", _, _) => new("nobody", "not_found", ""),
        ("page_token", _, _) => new("x", "malformed", ""),
        (_, "integer", _) => new("abc", "wrong_kind", $"{schema["minimum"]}{schema["maximum"]}"),
        (_, "boolean", _) => new("abc", "wrong_kind", """["true","false"]"""),
        (_, _, "uuid") => new("abc", "wrong_kind", ""),
        _ when schema["enum"] is { } words => new("abc", "not_one_of", words.ToJsonString()),
        _ when schema["pattern"] is not null => new("xx", "malformed", ""),
        _ => throw new InvalidOperationException($"What would be wrong for {name}? {schema.ToJsonString()}"),
    };

    private sealed record Parameter(string Wrong, string Code, string Bounds);
}
