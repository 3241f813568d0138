namespace Authorisation.Admin.Tests.Support;

/// <summary>Subscriptions and staff offers of a customer, as tests want them.</summary>
internal static class AdminSubscriptions
{
    /// <summary>Sets how they are ordered and paid for.</summary>
    public static async Task SetSubscriptionsAsync(this AdminOrganisation customer, string approval = "by_administrator") =>
        (await customer.Administrator.PutAsync(
            $"/v1/organisations/{customer.Id}/subscription-settings",
            new { department_id = customer.DepartmentId, approval })).Is(200);

    /// <summary>Offers a product to the staff.</summary>
    public static async Task<Guid> OfferAsync(this AdminOrganisation customer, string product, int months = 1, int? percent = null) =>
        (await customer.Administrator.PostAsync(
            "/v1/staff-offers", new { organisation_id = customer.Id, product, months, employer_percent = percent })).Is(201).Id;

    /// <summary>Makes an order link, and gives its address.</summary>
    public static async Task<string> OrderLinkAsync(this AdminOrganisation customer) =>
        "/v1/order-links/" + (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/order-link")).Is(201)["token"];

    /// <summary>Comes in by a link with a telephone.</summary>
    public static async Task<ApiCaller> EnterAsync(this AdminOrganisation customer, string link, string mobile)
    {
        var mailbox = customer.Operator.Mailbox;
        var place = mailbox.To(mobile).Count + 1;
        (await customer.Operator.Host.Nobody.PostAsync($"{link}/codes", new { mobile })).Is(204);
        var code = CodeOf(await mailbox.WaitAsync(mobile, place));
        return customer.Operator.Host.As(
            (await customer.Operator.Host.Nobody.PostAsync($"{link}/sessions", new { mobile, code })).Is(201)["token"]!);
    }

    /// <summary>The code in an SMS.</summary>
    public static string CodeOf(string sms) => System.Text.RegularExpressions.Regex.Match(
        sms, "(koden din er|din kod är) (?<code>[0-9]{8})", System.Text.RegularExpressions.RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)).Groups["code"].Value;

    /// <summary>Orders by a link.</summary>
    public static async Task<ApiAnswer> OrderSubscriptionAsync(this ApiCaller employee, string link, string product) =>
        (await employee.PostAsync($"{link}/subscriptions", new { product, first_name = "Kari", last_name = "Nordmann" })).Is(201);
}
