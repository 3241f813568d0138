using System.Diagnostics;
using System.Security.Cryptography;
using Authorisation.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// A handful of purchases at the four operators, made over gRPC as a validator and an app make them. Each start has new
/// travellers, so the story reads the same every time.
/// </summary>
internal sealed class DemoStory(
    DemoData data,
    IReadOnlyDictionary<string, DemoOperator> operators,
    Uri server,
    Uri admin,
    string messages,
    TextWriter output)
{
    private const long RaisedLimitMinor = 60_000;
    private const int MobileDigits = 7;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private int _surprises;

    /// <summary>Tells it.</summary>
    /// <returns>How many calls were answered otherwise than expected.</returns>
    public async Task<int> TellAsync(CancellationToken cancel)
    {
        using var channel = GrpcChannel.ForAddress(server);
        var client = new AuthorisationService.AuthorisationServiceClient(channel);

        // The first call of a connection and of a process costs what later ones do not; it is not part of the story.
        await WarmUpAsync(client, cancel);

        await AnnaAsync(client, new ActivationService.ActivationServiceClient(channel), cancel);
        await OnTheBusAsync(client, cancel);
        await InOtherAppsAsync(client, cancel);
        return _surprises;
    }

    private async Task WarmUpAsync(AuthorisationService.AuthorisationServiceClient client, CancellationToken cancel)
    {
        var profile = OperatorProfile.All[0];
        var app = await data.AddAppAsync(await data.PlaceAsync(profile), "Första Anropet");
        for (var i = 0; i < 20; i++)
        {
            var request = App(app, amountMinor: 100, profile, "Uppvärmning");
            await client.AuthoriseAsync(request, Call(app.AppToken, cancel));
        }
    }

    private async Task AnnaAsync(
        AuthorisationService.AuthorisationServiceClient client,
        ActivationService.ActivationServiceClient activations,
        CancellationToken cancel)
    {
        var profile = OperatorProfile.All.First(one => one.Terms.Code == "jonkoping");
        var here = operators[profile.Terms.Code];
        using var portal = new DemoPortal(admin, messages);
        await portal.SignInAsync(here.Administrators!.Organisation, cancel);
        var mobile = "+4670" + RandomNumberGenerator.GetString("0123456789", MobileDigits);
        var account = await portal.GiveCreditAsync("Anna Berg", mobile, DemoData.AppLimitMinor, cancel);
        await output.WriteLineAsync($"{profile.Terms.Name}: an administrator gives Anna 500 kr a month in the app");

        var (_, login, code) = await portal.SmsAsync(mobile, cancel);
        await output.WriteLineAsync($"  Anna    gets an SMS with the user name {login} and the code {code}");
        var activated = await activations.ActivateAsync(
            new ActivateRequest { Login = login, Code = code, ActivationId = Guid.CreateVersion7().ToString(), DeviceName = "Anna's phone" },
            Call(here.AppBackendToken, cancel));
        var anna = new DemoApp(account, activated.AppToken, DemoData.AppLimitMinor);

        var first = App(anna, amountMinor: 25_000, profile, "Utbildning i stadshuset");
        await BuyAsync(client, "Anna", "30-day ticket", first, anna.AppToken, Decision.Approved, default, cancel);
        var second = App(anna, amountMinor: 30_000, profile, "Kundbesök i Nässjö");
        await BuyAsync(
            client, "Anna", "30-day ticket", second, anna.AppToken, Decision.Declined,
            DeclineReason.InsufficientCredit, cancel);
        await BuyAsync(
            client, "Anna", "the first again", first, anna.AppToken, Decision.Approved, default, cancel);
        await portal.SetLimitAsync(account, RaisedLimitMinor, cancel);
        await output.WriteLineAsync("  the administrator raises the limit to 600 kr");
        var third = App(anna, amountMinor: 30_000, profile, "Kundbesök i Nässjö");
        await BuyAsync(client, "Anna", "30-day ticket", third, anna.AppToken, Decision.Approved, default, cancel);
    }

    private async Task OnTheBusAsync(AuthorisationService.AuthorisationServiceClient client, CancellationToken cancel)
    {
        var profile = OperatorProfile.All.First(one => one.Terms.OffersCardCredit);
        var jamtland = operators[profile.Terms.Code];
        var card = await data.AddCardAsync(await data.PlaceAsync(profile), "Erik Norén");
        await output.WriteLineAsync($"{profile.Terms.Name}: on the bus, with cards");

        await BuyAsync(
            client, "Erik", "single ticket", Card(card.CardNumber, amountMinor: 4_200, profile),
            jamtland.ValidatorToken, Decision.Approved, default, cancel);
        await BuyAsync(
            client, "Nils", "single ticket", Card(jamtland.BlockedCard!, amountMinor: 4_200, profile),
            jamtland.ConsoleToken, Decision.Declined, DeclineReason.Blocked, cancel);

        await output.WriteLineAsync($"{profile.Terms.Name}: a hold when Erik checks in, taken when he checks out");
        var held = Card(card.CardNumber, amountMinor: 9_000, profile);
        held.Hold = true;
        await BuyAsync(client, "Erik", "checks in", held, jamtland.ValidatorToken, Decision.Approved, default, cancel);
        await OperateAsync(
            "Erik", "checks out", amountMinor: 5_600, AuthorisationState.Captured,
            () => client.CaptureAsync(
                new CaptureRequest { OperationId = NewId(), AuthorisationId = held.AuthorisationId, AmountMinor = 5_600 },
                Call(jamtland.ValidatorToken, cancel)),
            cancel);
        await OperateAsync(
            "Erik", "refunded", amountMinor: 5_600, AuthorisationState.Refunded,
            () => client.RefundAsync(
                new RefundRequest { OperationId = NewId(), AuthorisationId = held.AuthorisationId, Reason = "The bus broke down" },
                Call(jamtland.ConsoleToken, cancel)),
            cancel);
    }

    private async Task InOtherAppsAsync(AuthorisationService.AuthorisationServiceClient client, CancellationToken cancel)
    {
        foreach (var (code, who, amountMinor) in new[] { ("kalmar", "Emmy", 12_402L), ("akt", "Ingrid", 4_500L) })
        {
            var profile = OperatorProfile.All.First(one => one.Terms.Code == code);
            var app = await data.AddAppAsync(await data.PlaceAsync(profile), $"{who} Dahl");
            await output.WriteLineAsync($"{profile.Terms.Name}: in the app");
            await BuyAsync(
                client, who, "single ticket", App(app, amountMinor, profile, "Möte med kund"), app.AppToken,
                Decision.Approved, default, cancel);
        }
    }

    private Task BuyAsync(
        AuthorisationService.AuthorisationServiceClient client, string who, string what, AuthoriseRequest request,
        string token, Decision expected, DeclineReason expectedReason, CancellationToken cancel) => CallAsync(
            who, what, $"{expected} {expectedReason}",
            () => client.AuthoriseAsync(request, Call(token, cancel)),
            (answer, took) => DemoLine.Of(who, what, request, answer, took),
            answer => answer.Decision == expected && answer.DeclineReason == expectedReason,
            cancel);

    private Task OperateAsync(
        string who, string what, long amountMinor, AuthorisationState expected,
        Func<AsyncUnaryCall<OperationResponse>> operate, CancellationToken cancel) => CallAsync(
            who, what, $"{expected}",
            operate,
            (answer, took) => DemoLine.Of(who, what, amountMinor, answer, took),
            answer => answer.Authorisation.State == expected,
            cancel);

    /// <summary>Makes a call, writes its line, and says so when the answer is not the one that was expected.</summary>
    private async Task CallAsync<T>(
        string who, string what, string expected, Func<AsyncUnaryCall<T>> call, Func<T, TimeSpan, string> line,
        Func<T, bool> isExpected, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var answer = await call();
            await output.WriteLineAsync(line(answer, Stopwatch.GetElapsedTime(began)));
            if (!isExpected(answer))
            {
                await SurpriseAsync(expected);
            }
        }
        catch (RpcException e) when (!cancel.IsCancellationRequested)
        {
            await output.WriteLineAsync($"  {who,-8}{what,-17}{e.StatusCode}: {e.Status.Detail}");
            await SurpriseAsync(expected);
        }
    }

    private Task SurpriseAsync(string expected)
    {
        _surprises++;
        return output.WriteLineAsync($"  ! this should have been {expected}");
    }

    private static CallOptions Call(string token, CancellationToken cancel) => new(
        new Metadata { { "authorization", $"Bearer {token}" } }, DateTime.UtcNow + Deadline, cancel);

    private static string NewId() => Guid.CreateVersion7().ToString();

    private static AuthoriseRequest App(DemoApp app, long amountMinor, OperatorProfile profile, string purpose) => new()
    {
        AuthorisationId = NewId(),
        AppAccountId = app.AppAccountId.ToString(),
        AmountMinor = amountMinor,
        Currency = profile.Terms.Currency,
        Purpose = purpose,
    };

    private static AuthoriseRequest Card(string cardNumber, long amountMinor, OperatorProfile profile) => new()
    {
        AuthorisationId = NewId(),
        CardNumber = cardNumber,
        AmountMinor = amountMinor,
        Currency = profile.Terms.Currency,
        Product = "single-adult",
        Trip = new Trip { Vehicle = "7412", Line = "45" },
    };
}
