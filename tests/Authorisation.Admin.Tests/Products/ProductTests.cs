using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Products;

/// <summary>What an operator sells, and at what price on which day.</summary>
public sealed class ProductTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Staff_add_and_change_a_product_and_its_customers_read_it()
    {
        var customer = await NewCustomerAsync();
        var (at, path) = (customer.Operator, $"/v1/operators/{customer.Operator.Code}/products/period-30");
        var body = AdminOperator.Product("order", "staff_offer");
        (body["kind"], body["zones"]) = ("period", new[] { "1", "S" });

        var made = (await at.Staff.PutAsync(path, body)).Is(200);

        Assert.Equal(("\"1\"", "period-30", "period", """["1","S"]""", """["order","staff_offer"]"""), (
            made.Tag, made["product"], made["kind"], made.Body["zones"]!.ToJsonString(), made.Body["sold_by"]!.ToJsonString()));
        body["names"] = new { sv = "30 dagar", nb = "30 dager", en = "30 days" };
        body.Remove("zones");
        Assert.Equal("\"2\"", (await at.Staff.PutAsync(path, body, made.Tag)).Is(200).Tag);
        (await at.Staff.PutAsync(path, body, made.Tag)).IsProblem(412, "changed_by_another");
        // The same again is no change.
        Assert.Equal("\"2\"", (await at.Staff.PutAsync(path, body)).Is(200).Tag);
        var read = (await customer.Administrator.GetAsync(path)).Is(200);
        Assert.Equal("30 dagar", read.Body["names"]!["sv"]!.ToString());
        Assert.False(read.Body.ContainsKey("zones"));
        var trail = (await at.Staff.GetAsync("/v1/audit?subject=product:period-30")).Is(200).Items;
        Assert.Equal(["product.changed", "product.added"], trail.Select(line => line["what"]!.ToString()), StringComparer.Ordinal);
        Assert.Equal("Enkelbiljett vuxen", trail[0]["before"]!["names"]!["sv"]!.ToString());
        (await customer.Administrator.PutAsync(path, body)).IsProblem(403, "forbidden");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once_and_a_kind_never_changes()
    {
        var at = await NewOperatorAsync();
        await at.AddProductAsync();
        var products = $"/v1/operators/{at.Code}/products/";

        (await at.Staff.PutAsync(products + "-x%20y", new
        {
            names = new { sv = "", nb = new string('a', 121) },
            kind = "weekly",
            zones = new[] { "1", "1", "", new string('z', 17) },
            traveller_category = "dog",
            vat_category = "S",
            vat_basis_points = 700,
            sold_by = new[] { "order", "order", "shop" },
        })).RefusesFields(
            "product", "names.sv", "names.nb", "names.en", "kind", "zones[1]", "zones[2]", "zones[3]", "traveller_category",
            "vat_basis_points", "sold_by[1]", "sold_by[2]");
        var body = AdminOperator.Product();
        body["zones"] = new[] { "1,2", "A|B", "Zon 3" };
        (await at.Staff.PutAsync(products + "day", body)).RefusesFields("zones[0]", "zones[1]");
        body["zones"] = Array.Empty<string>();
        body["vat_category"] = "X";
        (await at.Staff.PutAsync(products + "day", body)).RefusesFields("zones", "vat_category");
        var other = AdminOperator.Product();
        other["kind"] = "day";
        Assert.Equal(
            "not_possible", (await at.Staff.PutAsync(products + "single-adult", other)).RefusesFields("kind").Body["errors"]![0]!["code"]!.ToString());
        Assert.Equal("single", (await at.Staff.GetAsync(products + "single-adult")).Is(200)["kind"]);
        (await at.Staff.GetAsync(products + "nothing")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Lists_are_narrowed_and_paged()
    {
        var at = await NewOperatorAsync();
        var products = $"/v1/operators/{at.Code}/products";
        await at.AddProductAsync("a-single", 100, "credit");
        await at.AddProductAsync("b-single", 200, "order");
        var year = AdminOperator.Product("order", "subscription");
        (year["kind"], year["names"]) = ("year", new { sv = "Hela årskortet", nb = "Årskort", en = "Year" });
        (await at.Staff.PutAsync(products + "/c-year", year)).Is(200);

        Assert.Equal("a-single b-single c-year", await CodesAsync(""));
        Assert.Equal("c-year", await CodesAsync("?kind=year"));
        Assert.Equal("b-single c-year", await CodesAsync("?sold_by=order"));
        Assert.Equal("c-year", await CodesAsync("?q=%C3%A5rsk"));
        Assert.Equal("b-single", await CodesAsync("?kind=single&sold_by=order"));
        var first = (await at.Staff.GetAsync(products + "?page_size=2")).Is(200);
        Assert.Equal("c-year", await CodesAsync($"?page_size=2&page_token={first["next_page_token"]}"));

        async Task<string> CodesAsync(string query) => string.Join(
            ' ', (await at.Staff.GetAsync(products + query)).Is(200).Items.Select(one => one["product"]!.ToString()));
    }

    [Fact]
    public async Task A_price_begins_tomorrow_or_later_but_the_first_and_the_list_of_every_day_is_read_back()
    {
        var at = await NewOperatorAsync();
        var path = $"/v1/operators/{at.Code}/products/single-adult";
        (await at.Staff.PutAsync(path, AdminOperator.Product())).Is(200);
        (await PriceAsync(3_000, -1)).RefusesFields("valid_from");
        (await PriceAsync(3_000, 0)).Is(201);
        (await PriceAsync(3_100, 0)).RefusesFields("valid_from");
        (await PriceAsync(3_200, 2)).Is(201);
        // The last word on a day that has not begun.
        (await PriceAsync(3_300, 2)).Is(201);
        var read = (await PriceAsync(3_400, 5)).Is(201);

        Assert.Equal($"/v1/operators/{at.Code}/products/single-adult", read.Location);
        Assert.Equal("3000", read["price_minor"]);
        Assert.Equal(
            $"{await at.TodayAsync()} 3000, {await at.TodayAsync(2)} 3300, {await at.TodayAsync(5)} 3400",
            string.Join(", ", read.Body["prices"]!.AsArray().Select(one => $"{one!["valid_from"]} {one["price_minor"]}")));
        Assert.Equal((null, "3000", "3000", "3300", "3300", "3400"), (
            await OnAsync(-1), await OnAsync(0), await OnAsync(1), await OnAsync(2), await OnAsync(4), await OnAsync(50)));
        var today = (await at.Staff.GetAsync($"/v1/operators/{at.Code}/price-list")).Is(200).Items.Single();
        Assert.Equal((await at.TodayAsync(), "3000"), (today["day"]!.ToString(), today["price_minor"]!.ToString()));
        (await at.Staff.PostAsync(path + "/prices", new { price_minor = 0, valid_from = "2026-02-30" })).RefusesFields("valid_from");
        (await at.Staff.PostAsync(path + "/prices", new { })).RefusesFields("price_minor", "valid_from");
        (await at.Staff.PostAsync(path + "x/prices", new { price_minor = 1, valid_from = await at.TodayAsync(1) })).IsProblem(404, "not_found");

        async Task<ApiAnswer> PriceAsync(long price, int days) =>
            await at.Staff.PostAsync(path + "/prices", new { price_minor = price, valid_from = await at.TodayAsync(days) });
        async Task<string?> OnAsync(int days) => (await at.Staff.GetAsync(
            $"/v1/operators/{at.Code}/price-list?day={await at.TodayAsync(days)}")).Is(200).Items.Single()["price_minor"]?.ToString();
    }
}
