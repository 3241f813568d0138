using System.Security.Cryptography;
using Authorisation.V1;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// A handful of purchases at the four operators, made over gRPC as a validator and an app make them. Each start has new
/// travellers, so the story reads the same every time.
/// </summary>
internal sealed class DemoStory(
    DemoData data,
    IReadOnlyDictionary<string, DemoOperator> operators,
    IReadOnlyDictionary<string, DemoPlace> places,
    DemoCaller caller,
    ActivationService.ActivationServiceClient activations,
    Uri admin,
    string messages,
    TextWriter output)
{
    private const long RaisedLimitMinor = 60_000;
    private const int MobileDigits = 7;

    /// <summary>Runs it.</summary>
    public async Task TellAsync(CancellationToken cancel)
    {
        await AnnaAsync(cancel);
        await OnTheBusAsync(cancel);
        await InOtherAppsAsync(cancel);
    }

    private async Task AnnaAsync(CancellationToken cancel)
    {
        var profile = OperatorProfile.Of("jonkoping");
        var here = operators[profile.Terms.Code];
        using var portal = new DemoPortal(admin, messages);
        await portal.SignInAsync(here.Administrators!.Organisation, cancel);
        var mobile = "+4670" + RandomNumberGenerator.GetString("0123456789", MobileDigits);
        var account = await portal.GiveCreditAsync(places[profile.Terms.Code], "Anna Berg", mobile, DemoData.AppLimitMinor, cancel);
        await output.WriteLineAsync($"{profile.Terms.Name}: an administrator gives Anna 500 kr a month in the app");

        var (login, code) = await portal.CredentialsAsync(mobile, cancel);
        await output.WriteLineAsync($"  Anna    gets an SMS with the user name {login} and the code {code}");
        var activated = await activations.ActivateAsync(
            new ActivateRequest { Login = login, Code = code, ActivationId = Guid.CreateVersion7().ToString(), DeviceName = "Anna's phone" },
            DemoCaller.Call(here.AppBackendToken, cancel));
        var anna = new DemoApp(account, activated.AppToken, DemoData.AppLimitMinor);

        var first = DemoCaller.App(anna, amountMinor: 25_000, profile, "Utbildning i stadshuset");
        await caller.BuyAsync("Anna", "30-day ticket", first, anna.AppToken, cancel);
        var second = DemoCaller.App(anna, amountMinor: 30_000, profile, "Kundbesök i Nässjö");
        await caller.BuyAsync("Anna", "30-day ticket", second, anna.AppToken, cancel, DeclineReason.InsufficientCredit);
        await caller.BuyAsync("Anna", "the first again", first, anna.AppToken, cancel);
        await portal.SetLimitAsync(account, RaisedLimitMinor, cancel);
        await output.WriteLineAsync("  the administrator raises the limit to 600 kr");
        var third = DemoCaller.App(anna, amountMinor: 30_000, profile, "Kundbesök i Nässjö");
        await caller.BuyAsync("Anna", "30-day ticket", third, anna.AppToken, cancel);
    }

    private async Task OnTheBusAsync(CancellationToken cancel)
    {
        var profile = OperatorProfile.All.First(one => one.Terms.OffersCardCredit);
        var jamtland = operators[profile.Terms.Code];
        var card = await data.AddCardAsync(places[profile.Terms.Code], "Erik Norén");
        await output.WriteLineAsync($"{profile.Terms.Name}: on the bus, with cards");

        await caller.BuyAsync(
            "Erik", "single ticket", DemoCaller.Card(card.CardNumber, amountMinor: 4_200, profile), jamtland.ValidatorToken, cancel);
        await caller.BuyAsync(
            "Nils", "single ticket", DemoCaller.Card(jamtland.BlockedCard!, amountMinor: 4_200, profile),
            jamtland.ConsoleToken, cancel, DeclineReason.Blocked);

        await output.WriteLineAsync($"{profile.Terms.Name}: a hold when Erik checks in, taken when he checks out");
        var held = DemoCaller.Card(card.CardNumber, amountMinor: 9_000, profile);
        held.Hold = true;
        await caller.BuyAsync("Erik", "checks in", held, jamtland.ValidatorToken, cancel);
        await caller.OperateAsync(
            "Erik", "checks out", amountMinor: 5_600, AuthorisationState.Captured,
            client => client.CaptureAsync(
                new CaptureRequest { OperationId = DemoCaller.NewId(), AuthorisationId = held.AuthorisationId, AmountMinor = 5_600 },
                DemoCaller.Call(jamtland.ValidatorToken, cancel)),
            cancel);
        await caller.OperateAsync(
            "Erik", "refunded", amountMinor: 5_600, AuthorisationState.Refunded,
            client => client.RefundAsync(
                new RefundRequest { OperationId = DemoCaller.NewId(), AuthorisationId = held.AuthorisationId, Reason = "The bus broke down" },
                DemoCaller.Call(jamtland.ConsoleToken, cancel)),
            cancel);
    }

    private async Task InOtherAppsAsync(CancellationToken cancel)
    {
        foreach (var (code, who, amountMinor) in new[] { ("kalmar", "Emmy", 12_402L), ("akt", "Ingrid", 4_500L) })
        {
            var profile = OperatorProfile.Of(code);
            var app = await data.AddAppAsync(places[code], $"{who} Dahl");
            await output.WriteLineAsync($"{profile.Terms.Name}: in the app");
            await caller.BuyAsync(
                who, "single ticket", DemoCaller.App(app, amountMinor, profile, "Möte med kund"), app.AppToken, cancel);
        }
    }
}
