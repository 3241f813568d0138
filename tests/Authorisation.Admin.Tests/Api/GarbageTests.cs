using System.Net.Http.Headers;
using System.Text.Json;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Whatever is sent, it is told what is wrong with it, and nothing unexpected is in the log.</summary>
public sealed class GarbageTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData("a\\ufffe@b.se")]
    [InlineData("a@\\uffff.se")]
    [InlineData("a\\ud800@b.se")]
    [InlineData("\\udc00a@b.se")]
    [InlineData("a\\u0000@b.se")]
    [InlineData("a\\u0301@b.se")]
    public async Task What_is_no_text_is_no_address(string email)
    {
        var customer = await NewCustomerAsync();
        var application = JsonSerializer.Serialize(customer.Operator.Application(email: "EMAIL"));

        (await Host.Nobody.PostAsync("/v1/organisations", application.Replace("EMAIL", email, StringComparison.Ordinal))).RefusesFields("contact.email");
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/administrators", $$"""{"email":"{{email}}"}""")).RefusesFields("email");
        // What cannot be an address is nobody's; half a character is no text at all.
        var signIn = await Host.Nobody.PostAsync("/v1/sessions", $$"""{"email":"{{email}}","password":"{{Some.Password}}"}""");
        Assert.InRange(signIn.Status, 400, 401);
    }

    [Theory]
    [InlineData("a\ufffe@b.se")]
    [InlineData("a@\uffff.se")]
    public async Task Nor_in_a_file(string email)
    {
        var customer = await NewCustomerAsync();

        var refused = (await customer.Administrator.PostCsvAsync(
            $"/v1/organisations/{customer.Id}/traveller-imports", $"email\nanna@example.com\n{email}\n")).IsProblem(422, "rows_refused");

        Assert.Equal("email", refused.Fields);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        byte[] body = [.. "{\"password\":\"x\",\"email\":\"a"u8, 0xFF, .. "@b.se\"}"u8];
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        (await Host.Nobody.PostAsync("/v1/sessions", content)).RefusesFields("email");
    }

    [Theory]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"email\":{\"\\ud800\":1}}")]
    public async Task A_field_whose_name_is_no_text_is_refused(string body) =>
        (await Host.Nobody.PostAsync("/v1/sessions", body)).Is(400);

    [Fact]
    public async Task Nothing_is_no_right()
    {
        var customer = await NewCustomerAsync();
        var path = $"/v1/organisations/{customer.Id}/administrators";
        var invited = (await customer.Administrator.PostAsync(path, new { email = Some.Email() })).Is(201);

        (await customer.Administrator.PostAsync(path, new { email = Some.Email(), rights = new string?[] { null } })).RefusesFields("rights");
        (await customer.Administrator.PatchAsync($"/v1/administrators/{invited.Id}", new { rights = new[] { "travellers", null } })).RefusesFields("rights");
        (await customer.Administrator.PatchAsync($"/v1/administrators/{invited.Id}", new { departments = new Guid?[] { null } })).Is(400);
    }

    [Fact]
    public async Task A_month_after_which_there_is_none_is_no_month()
    {
        var customer = await NewCustomerAsync();
        var staff = customer.Operator.Staff;
        var account = await customer.GiveAppAsync((await customer.TravellerAsync()).Id);

        (await staff.PostAsync("/v1/month-ends", new { @operator = customer.Operator.Code, month = "9999-12" })).RefusesFields("month");
        (await staff.GetAsync("/v1/invoices?month=9999-12")).RefusesFields("month");
        (await customer.Administrator.GetAsync($"/v1/credit-accounts/{account.Id}/authorisations?month=9999-12")).RefusesFields("month");
        (await customer.Administrator.GetAsync($"/v1/reports/spending?organisation_id={customer.Id}&month=9999-12")).RefusesFields("month");
    }
}
