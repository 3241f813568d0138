using System.Diagnostics;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Standalone.Demo;

/// <summary>Makes calls over gRPC as a validator and an app make them, and writes a line of each.</summary>
internal sealed class DemoCaller(AuthorisationService.AuthorisationServiceClient client, TextWriter output)
{
    /// <summary>What is bought, by its code.</summary>
    internal const string Product = "single-adult";

    private const int WarmUpCalls = 10;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    /// <summary>How many calls were answered otherwise than expected.</summary>
    public int Surprises { get; private set; }

    /// <summary>
    /// The first call of a connection and of a process costs what later ones do not; it is not part of the story. It
    /// holds and takes nothing, so it is on no invoice.
    /// </summary>
    public async Task WarmUpAsync(DemoApp app, OperatorProfile profile, string appBackEndToken, CancellationToken cancel)
    {
        for (var i = 0; i < WarmUpCalls; i++)
        {
            var request = App(app, amountMinor: 100, profile, "Uppvärmning");
            request.Hold = true;
            await client.AuthoriseAsync(request, Call(app.AppToken, cancel));
            try
            {
                await client.VoidAsync(
                    new VoidRequest { OperationId = NewId(), AuthorisationId = request.AuthorisationId }, Call(appBackEndToken, cancel));
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
            {
                // A run whose clock was ahead has closed the month; the hold lapses.
            }
        }
    }

    /// <summary>Buys.</summary>
    public Task BuyAsync(
        string who, string what, AuthoriseRequest request, string token, CancellationToken cancel,
        DeclineReason declined = DeclineReason.Unspecified)
    {
        var expected = declined == DeclineReason.Unspecified ? Decision.Approved : Decision.Declined;
        return CallAsync(
            who, what, $"{expected} {declined}",
            () => client.AuthoriseAsync(request, Call(token, cancel)),
            (answer, took) => DemoLine.Of(who, what, request, answer, took),
            answer => answer.Decision == expected && answer.DeclineReason == declined,
            cancel);
    }

    /// <summary>
    /// Buys at a moment that the line begins with; what is to come of it depends on the month that it fell in.
    /// </summary>
    public Task BuyAtAsync(
        DemoClock clock, string who, string what, AuthoriseRequest request, string token, Func<string, Decision> expected,
        CancellationToken cancel)
    {
        var at = clock.Now;
        return CallAsync(
            who, what, "what the rule says",
            () => client.AuthoriseAsync(request, Call(token, cancel)),
            (answer, took) => DemoLine.At(at, DemoLine.Of(who, what, request, answer, took)),
            answer => answer.Decision == expected(answer.Credit.Month),
            cancel);
    }

    /// <summary>Captures, voids or refunds.</summary>
    public Task OperateAsync(
        string who, string what, long amountMinor, AuthorisationState expected,
        Func<AuthorisationService.AuthorisationServiceClient, AsyncUnaryCall<OperationResponse>> operate,
        CancellationToken cancel) => CallAsync(
            who, what, $"{expected}",
            () => operate(client),
            (answer, took) => DemoLine.Of(who, what, amountMinor, answer, took),
            answer => answer.Authorisation.State == expected,
            cancel);

    /// <summary>What goes with a call.</summary>
    public static CallOptions Call(string token, CancellationToken cancel) => new(
        new Metadata { { "authorization", $"Bearer {token}" } }, DateTime.UtcNow + Deadline, cancel);

    /// <summary>A new id.</summary>
    public static string NewId() => Guid.CreateVersion7().ToString();

    /// <summary>A purchase in an app.</summary>
    public static AuthoriseRequest App(DemoApp app, long amountMinor, OperatorProfile profile, string purpose) => new()
    {
        AuthorisationId = NewId(),
        AppAccountId = app.AppAccountId.ToString(),
        AmountMinor = amountMinor,
        Currency = profile.Terms.Currency,
        Purpose = purpose,
    };

    /// <summary>A purchase with a card.</summary>
    public static AuthoriseRequest Card(string cardNumber, long amountMinor, OperatorProfile profile) => new()
    {
        AuthorisationId = NewId(),
        CardNumber = cardNumber,
        AmountMinor = amountMinor,
        Currency = profile.Terms.Currency,
        Product = Product,
        Trip = new Trip { Vehicle = "7412", Line = "45" },
    };

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

    /// <summary>Says that something came of the story that should not have.</summary>
    public Task SurpriseAsync(string expected)
    {
        Surprises++;
        return output.WriteLineAsync($"  ! this should have been {expected}");
    }
}
