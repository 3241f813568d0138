using Authorisation.Billing.Invoices;
using Authorisation.Core;

namespace Authorisation.Standalone.Demo;

/// <summary>The invoice bases of the month before, as administrators see them once they are published.</summary>
internal sealed class DemoPublication(
    Uri admin, IReadOnlyDictionary<string, DemoOperator> operators, string demoFile, DemoClock clock, TextWriter output)
{
    /// <summary>Shows them; on the day of their publication it says so, too, when there are none.</summary>
    public async Task ShowAsync(CancellationToken cancel)
    {
        var month = DemoClock.Before(clock.Current);
        string? firstId = null;
        string? firstCode = null;
        foreach (var (code, one) in operators)
        {
            using var portal = new DemoPortal(admin, messages: "");
            await portal.SignInAsync(one.Administrators!.Organisation, cancel);
            foreach (var invoice in await portal.ListAsync($"/v1/invoices?month={month}", cancel))
            {
                if (firstId is null)
                {
                    await output.WriteLineAsync($"The invoice bases of {month} are published: administrators see them in GET /v1/invoices");
                }

                (firstId, firstCode) = (firstId ?? invoice["id"]!.ToString(), firstCode ?? code);
                await DemoInvoiceLine.WriteAsync(output, portal, invoice["id"]!.ToString(), cancel);
            }
        }

        if (firstId is not null)
        {
            await TellHowToGetAsync(firstId, firstCode!);
        }
        else if (IsDayOfPublication(month))
        {
            await output.WriteLineAsync(
                $"Invoice bases of {month} are published today, and there is nothing to publish: nothing was bought in it here");
        }
    }

    private bool IsDayOfPublication(CreditMonth month) =>
        OperatorProfile.All.Any(one => BusinessDays.FirstOf(month.Next, one.Administration.Country) == clock.Today);

    private async Task TellHowToGetAsync(string id, string code)
    {
        var url = new Uri(admin, $"v1/invoices/{id}");
        await output.WriteLineAsync($"  as JSON        {url}");
        await output.WriteLineAsync($"  as CSV         {url}?format=csv");
        await output.WriteLineAsync($"  as Peppol XML  {url}?format=ubl");
        await output.WriteLineAsync("  with the token of a session, such as that of the organisation's administrator:");
        await output.WriteLineAsync(
            $"  curl -s '{url}?format=ubl' -H \"Authorization: Bearer $(jq -c .operators.{code}.administrators.organisation {demoFile}"
            + $" | curl -s {new Uri(admin, "v1/sessions")} -H 'Content-Type: application/json' -d @- | jq -r .token)\"");
    }
}
