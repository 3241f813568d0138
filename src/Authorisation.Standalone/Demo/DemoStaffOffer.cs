using System.Security.Cryptography;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// A staff offer: an employer bears half of a ticket, a traveller who signs in applies for it, an administrator approves it,
/// and the traveller's salary pays the rest in two months.
/// </summary>
internal sealed class DemoStaffOffer(
    IReadOnlyDictionary<string, DemoOperator> operators,
    IReadOnlyDictionary<string, DemoPlace> places,
    DemoCaller caller,
    Uri admin,
    DemoClock clock,
    TextWriter output)
{
    private const string Operator = "kalmar";
    private const string What = "30-day ticket";
    private const int EmployerPercent = 50;
    private const int Months = 2;
    private const int MobileDigits = 7;

    private static readonly string[] Expected = ["ordered", "delivered", "activated"];

    private static readonly OperatorProfile Profile = OperatorProfile.Of(Operator);

    /// <summary>Makes the offer, and shows what becomes of an application.</summary>
    public async Task TellAsync(CancellationToken cancel)
    {
        using var administrator = new DemoPortal(admin, messages: "");
        await administrator.SignInAsync(operators[Operator].Administrators!.Organisation, cancel);
        using var traveller = new DemoPortal(admin, messages: "");
        await traveller.SignInAsync(operators[Operator].Traveller!, cancel);
        await output.WriteLineAsync($"{Profile.Terms.Name}: an employer offers its people a ticket and bears half of it");

        var offer = await administrator.PostAsync(
            "/v1/staff-offers",
            new
            {
                organisation_id = places[Operator].OrganisationId,
                product = DemoProducts.Period,
                months = Months,
                employer_percent = EmployerPercent,
            },
            cancel);
        var me = (await traveller.GetAsync("/v1/me", cancel))["traveller_at"]![0]!["traveller_id"]!.ToString();
        var mobile = "+4670" + RandomNumberGenerator.GetString("0123456789", MobileDigits);
        var application = await traveller.PostAsync(
            $"/v1/staff-offers/{offer["id"]}/applications", new { traveller_id = me, bearer = new { app = mobile } }, cancel);
        var who = application["traveller"]!.ToString().Split(' ')[0];
        var price = offer["price_minor"]!.GetValue<long>();
        await TellAsync(who, price, application["status"]!.ToString());

        var approved = await administrator.PostAsync($"/v1/staff-applications/{application["id"]}/approval", body: null, cancel);
        var ticket = await administrator.AwaitTicketAsync(approved["ticket_id"]!.ToString(), Expected[^1], cancel);
        var happened = ticket["events"]!.AsArray().Select(one => one!["event"]!.ToString()).ToList();
        await TellAsync(who, price, $"{approved["status"]} by an administrator: {string.Join(", ", happened)}");
        if (!happened.SequenceEqual(Expected, StringComparer.Ordinal))
        {
            await caller.SurpriseAsync(string.Join(", ", Expected));
        }

        var deducted = (await administrator.ListAsync(
            $"/v1/organisations/{places[Operator].OrganisationId}/payroll-deductions?month={clock.Current}", cancel))
            .Where(row => row["traveller_id"]!.ToString() == me)
            .Sum(row => row["deduction_minor"]!.GetValue<long>());
        var share = offer["deduction_minor"]!.GetValue<long>();
        await output.WriteLineAsync(
            $"  {who,-8}pays {DemoLine.Money(share, Profile.Terms.Currency)} by salary in {Months} months;"
            + $" the payroll of {clock.Current} has {DemoLine.Money(deducted, Profile.Terms.Currency)}");
    }

    private Task TellAsync(string who, long priceMinor, string outcome) =>
        output.WriteLineAsync(DemoLine.Of(who, What, priceMinor, Profile.Terms.Currency, outcome));
}
