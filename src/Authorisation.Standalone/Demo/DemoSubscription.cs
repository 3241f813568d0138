using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Authorisation.Core;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// A subscription: an employee orders it by the employer's link, an administrator approves it, and it begins on the 1st,
/// where it is charged once.
/// </summary>
internal sealed class DemoSubscription(
    IReadOnlyDictionary<string, DemoOperator> operators,
    IReadOnlyDictionary<string, DemoPlace> places,
    DemoCaller caller,
    Uri admin,
    string messages,
    Uri ticketSystem,
    DemoClock clock,
    TextWriter output) : IDisposable
{
    /// <summary>The operator whose customers have subscriptions.</summary>
    public const string Operator = "akt";

    private const string Who = "Ingunn";
    private const int MobileDigits = 6;

    /// <summary>How long the night's work is given to begin it.</summary>
    private static readonly TimeSpan BeginsBy = TimeSpan.FromSeconds(60);

    private static readonly OperatorProfile Profile = OperatorProfile.Of(Operator);

    private readonly DemoPortal _administrator = new(admin, messages: "");
    private readonly DemoPortal _employee = new(admin, messages);
    private JsonNode? _ordered;

    private DemoPlace Place => places[Operator];

    /// <summary>Sees to it that the organisation has an order link.</summary>
    /// <returns>Its address.</returns>
    public async Task<Uri> PrepareAsync(CancellationToken cancel)
    {
        await _administrator.SignInAsync(operators[Operator].Administrators!.Organisation, cancel);
        var path = $"/v1/organisations/{Place.OrganisationId}/order-link";
        var link = await _administrator.FindAsync(path, cancel);
        if (link is null)
        {
            await _administrator.PutAsync(
                $"/v1/organisations/{Place.OrganisationId}/subscription-settings",
                new { department_id = Place.DepartmentId, approval = "by_administrator", employer_percent = 0 },
                cancel);
            link = await _administrator.PostAsync(path, body: null, cancel);
        }

        return new Uri(admin, $"v1/order-links/{link["token"]}");
    }

    /// <summary>Orders one and approves it.</summary>
    public async Task OrderAsync(Uri link, CancellationToken cancel)
    {
        var mobile = "+4790" + RandomNumberGenerator.GetString("0123456789", MobileDigits);
        await output.WriteLineAsync($"{Profile.Terms.Name}: an employee orders a subscription by the employer's link");
        await _employee.PostAsync($"{link.AbsolutePath}/codes", new { mobile }, cancel);
        var code = await _employee.PhoneCodeAsync(mobile, cancel);
        var session = await _employee.PostAsync($"{link.AbsolutePath}/sessions", new { mobile, code }, cancel);
        _employee.UseToken(session["token"]!.ToString());
        await output.WriteLineAsync($"  {Who,-8}gives her number, and the code {code} that came by SMS");
        var ordered = await _employee.PostAsync(
            $"{link.AbsolutePath}/subscriptions",
            new { product = DemoProducts.Subscription, first_name = Who, last_name = "Vik" },
            cancel);
        await TellAsync(ordered, $"{ordered["status"]}, from {ordered["first_day"]}");
        _ordered = await _administrator.PostAsync($"/v1/subscriptions/{ordered["id"]}/approval", body: null, cancel);
        await _employee.SmsAsync(mobile, text => text.Contains("Bedriftskort", StringComparison.Ordinal), cancel);
        await output.WriteLineAsync($"  an administrator approves it, and {Who} gets an SMS that it begins on {_ordered["first_day"]}");
    }

    /// <summary>Shows, when its month has come, that it has begun.</summary>
    /// <param name="isNightSeen">Whether the night's work was asked for, or came by itself, just now.</param>
    /// <param name="cancel">Gives it up.</param>
    public async Task ShowBegunAsync(bool isNightSeen, CancellationToken cancel)
    {
        if (_ordered is null || _ordered["first_day"]!.ToString() != $"{clock.Current}-01")
        {
            return;
        }

        await output.WriteLineAsync($"{Profile.Terms.Name}: {Who}'s subscription begins at midnight");
        var until = clock.Now + (isNightSeen ? BeginsBy : TimeSpan.Zero);
        while (true)
        {
            var (charged, month) = (await ChargedAsync(clock.Current, cancel), await HeldAsync(clock.Current, cancel));
            if (charged == PriceMinor && month is not null)
            {
                var asked = DemoClock.Local(month["asked_at"]!.GetValue<DateTimeOffset>());
                await TellAsync(
                    _ordered, FormattableString.Invariant(
                        $"charged once for {clock.Current}; the ticket system was asked for it at {asked:HH:mm:ss}"));
                return;
            }

            if (clock.Now >= until)
            {
                break;
            }

            await Task.Delay(Bounds.Poll, cancel);
        }

        await output.WriteLineAsync(
            $"  {Who,-8}is charged within two minutes: as nobody asked for a month's end, the clocks are watched for one first");
        if (isNightSeen)
        {
            await caller.SurpriseAsync("charged");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _administrator.Dispose();
        _employee.Dispose();
    }

    private static long PriceMinor => DemoProducts.PriceOf(Profile, DemoProducts.Subscription);

    // What the month's invoices will have of the employee.
    private async Task<long> ChargedAsync(CreditMonth month, CancellationToken cancel) =>
        (await _administrator.ListAsync(
            $"/v1/reports/spending?organisation_id={Place.OrganisationId}&month={month}&page_size=200", cancel))
            .Where(row => row["traveller_id"]?.ToString() == _ordered!["traveller_id"]!.ToString())
            .Sum(row => row["spent_minor"]!.GetValue<long>());

    // The month, as the ticket system has it.
    private async Task<JsonNode?> HeldAsync(CreditMonth month, CancellationToken cancel)
    {
        using var its = new DemoPortal(ticketSystem, messages: "");
        return (await its.GetAsync("/subscription-months", cancel)).AsArray().FirstOrDefault(
            one => one!["subscription_id"]!.ToString() == _ordered!["id"]!.ToString() && one["month"]!.ToString() == month.ToString());
    }

    private Task TellAsync(JsonNode subscription, string outcome) => output.WriteLineAsync(
        DemoLine.Of(subscription["first_name"]!.ToString(), "subscription", PriceMinor, Profile.Terms.Currency, outcome));
}
