using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Products;

/// <summary>Price lists from files: all of one, or nothing with every error in its place.</summary>
public sealed class PriceListTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task The_template_can_be_sent_as_it_is_and_sent_again_changes_nothing()
    {
        var at = await NewOperatorAsync();
        var path = $"/v1/operators/{at.Code}/price-list";
        var template = (await at.Staff.GetAsync(path + "/template")).Is(200);
        Assert.Equal("text/csv", template.ContentType);

        var first = (await at.Staff.PostCsvAsync(path, template.Text)).Is(200);
        var second = (await at.Staff.PostCsvAsync(path, template.Text)).Is(200);

        Assert.Equal(("2", "2", "0", "2"), (first["rows"], first["products_added"], first["products_changed"], first["prices_added"]));
        Assert.Equal(("0", "0", "0"), (second["products_added"], second["products_changed"], second["prices_added"]));
        var product = (await at.Staff.GetAsync($"/v1/operators/{at.Code}/products/period-30-adult")).Is(200);
        Assert.Equal(("period", """["1","2","3"]""", """["order","staff_offer"]"""), (
            product["kind"], product.Body["zones"]!.ToJsonString(), product.Body["sold_by"]!.ToJsonString()));
        Assert.Equal(
            "75000 " + await at.TodayAsync(1),
            string.Join(' ', product.Body["prices"]!.AsArray().Select(one => $"{one!["price_minor"]} {one["valid_from"]}")));
    }

    [Fact]
    public async Task Prices_of_known_products_need_three_columns_in_any_order_and_kronor_as_people_write_them()
    {
        var at = await NewOperatorAsync();
        await at.AddProductAsync("a");
        await at.AddProductAsync("b");
        var (tomorrow, later) = (await at.TodayAsync(1), await at.TodayAsync(9));

        (await at.Staff.PostCsvAsync(
            $"/v1/operators/{at.Code}/price-list",
            $"Pris,Produkt,Gäller från\n\"35,50 kr\",a,{tomorrow}\n36.50,a,{later}\n41:-,b,{tomorrow}\n")).Is(200);

        var list = (await at.Staff.GetAsync($"/v1/operators/{at.Code}/price-list?day={later}")).Is(200).Items;
        Assert.Equal("a 3650, b 4100", string.Join(", ", list.Select(one => $"{one["product"]} {one["price_minor"]}")));
    }

    [Fact]
    public async Task Every_error_is_told_by_line_and_column_and_nothing_is_kept()
    {
        var at = await NewOperatorAsync();
        await at.AddProductAsync("a");
        var (today, tomorrow) = (await at.TodayAsync(), await at.TodayAsync(1));
        var path = $"/v1/operators/{at.Code}/price-list";

        var refused = (await at.Staff.PostCsvAsync(
            path,
            $"""
            product;price;valid_from;name_sv;kind
            a;35;{tomorrow};;
            a;36;{tomorrow};;
            a;37;{today};;
            a;x;12/24/2026;;
            ;1;{tomorrow};;
            new;10;{tomorrow};;
            other;10;{tomorrow};Ny;single
            a;;;;year
            """)).IsProblem(422, "rows_refused");

        Assert.Equal(
            "valid_from 3:3,valid_from 4:3,price 5:2,valid_from 5:3,product 6:1,product 7:1,name_nb 8:1,name_en 8:1,"
            + "traveller_category 8:1,vat_category 8:1,kind 9:5",
            refused.Places);
        Assert.Single((await at.Staff.GetAsync(path)).Is(200).Items);
        Assert.Equal(
            "3400", (await at.Staff.GetAsync($"{path}?day={tomorrow}")).Is(200).Items.Single()["price_minor"]!.ToString());
    }

    [Theory]
    [InlineData("", "file 1:1")]
    [InlineData("price;valid_from\n1;2026-01-01\n", "product 1:1")]
    [InlineData("product;price;price\n", "price 1:3")]
    [InlineData("product;pris;kampanj\n", "kampanj 1:3")]
    public async Task A_file_that_is_no_price_list_is_refused(string file, string places)
    {
        var at = await NewOperatorAsync();

        var refused = (await at.Staff.PostCsvAsync($"/v1/operators/{at.Code}/price-list", file)).IsProblem(422, "rows_refused");

        Assert.Equal(places, refused.Places);
    }

    [Fact]
    public async Task A_row_with_details_changes_the_product_and_leaves_what_it_does_not_say()
    {
        var at = await NewOperatorAsync();
        await at.AddProductAsync("a");

        var done = (await at.Staff.PostCsvAsync($"/v1/operators/{at.Code}/price-list", "product;name_sv;zones\na;Enkel;\n")).Is(200);

        Assert.Equal(("0", "1", "0"), (done["products_added"], done["products_changed"], done["prices_added"]));
        var product = (await at.Staff.GetAsync($"/v1/operators/{at.Code}/products/a")).Is(200);
        Assert.Equal(("Enkel", "Single ticket adult", "3400"), (
            product.Body["names"]!["sv"]!.ToString(), product.Body["names"]!["en"]!.ToString(), product["price_minor"]));
        Assert.Equal(
            ["product.changed", "product.priced", "product.added"],
            (await at.Staff.GetAsync("/v1/audit?subject=product:a")).Is(200).Items.Select(line => line["what"]!.ToString()),
            StringComparer.Ordinal);
    }
}
