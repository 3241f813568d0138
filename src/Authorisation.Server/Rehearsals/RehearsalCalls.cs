using System.Globalization;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using HealthClient = Grpc.Health.V1.Health.HealthClient;

namespace Authorisation.Server.Rehearsals;

/// <summary>
/// One client of a rehearsal: it makes every kind of call, one after the other, over the connection that it shares with
/// the other clients. Used by one task at a time.
/// </summary>
internal sealed class RehearsalCalls : IAsyncDisposable
{
    // Most purchases are decided by snapshot, and only the first few of an account under lock.
    private const int PurchasesInRound = 6;
    private const int StreamedInRound = 6;
    private const int AmountMinor = 100;

    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(10);

    private readonly AuthorisationService.AuthorisationServiceClient _purchases;
    private readonly ActivationService.ActivationServiceClient _activations;
    private readonly OfflineService.OfflineServiceClient _offline;
    private readonly HealthClient _health;
    private readonly Metadata _console;
    private readonly Metadata _app;
    private readonly CancellationToken _stop;
    private readonly AsyncDuplexStreamingCall<AuthoriseRequest, AuthoriseStreamResponse> _stream;
    private readonly AsyncDuplexStreamingCall<Advice, AdviceResult> _advices;
    private readonly string _card;
    private readonly string _unknownCard;
    private readonly string _account;

    /// <summary>Opens its streams.</summary>
    /// <param name="channel">To the server itself.</param>
    /// <param name="access">The tokens.</param>
    /// <param name="number">Which of the clients it is; each has instruments of its own, the same in every rehearsal.</param>
    /// <param name="stop">Ends its calls.</param>
    public RehearsalCalls(GrpcChannel channel, RehearsalAccess access, int number, CancellationToken stop)
    {
        (_purchases, _activations, _offline, _health) = (new(channel), new(channel), new(channel), new(channel));
        _console = new Metadata { { "authorization", $"Bearer {access.Console}" } };
        _app = new Metadata { { "authorization", $"Bearer {access.AppBackEnd}" } };
        _stop = stop;
        _card = number.ToString("D8", CultureInfo.InvariantCulture);
        _unknownCard = number.ToString("D9", CultureInfo.InvariantCulture);
        _account = new Guid(number + 1, 0, 0, new byte[8]).ToString();
        _stream = _purchases.AuthoriseStream(_console, cancellationToken: stop);
        _advices = _offline.SubmitAdvices(_console, cancellationToken: stop);
    }

    /// <summary>Makes the calls that are made all day.</summary>
    /// <returns>How many were answered.</returns>
    /// <exception cref="RpcException">One was not answered as it has to be.</exception>
    public async Task<int> RoundAsync()
    {
        for (var i = 0; i < PurchasesInRound; i++)
        {
            await _purchases.AuthoriseAsync(i % 2 == 0 ? OnCard() : InApp(), i % 2 == 0 ? Options(_console) : Options(_app));
        }

        await _purchases.AuthoriseAsync(OnCard(hold: true), Options(_console));
        await StreamAsync();
        await RefusedAsync(
            StatusCode.NotFound, _purchases.GetCreditAsync(new GetCreditRequest { CardNumber = _card }, Options(_console)).ResponseAsync, mayPass: true);
        return PurchasesInRound + StreamedInRound + 2;
    }

    /// <summary>Makes every call once that <see cref="RoundAsync"/> does not make.</summary>
    /// <exception cref="RpcException">One was not answered as it has to be.</exception>
    public async Task OthersAsync()
    {
        await OperateAsync();
        await ReadAsync();
        await _advices.RequestStream.WriteAsync(new Advice { Purchase = OnCard() }, _stop);
        await _advices.ResponseStream.MoveNext(_stop);
        await _health.CheckAsync(new HealthCheckRequest(), Options([]));
        await RefusedAsync(StatusCode.InvalidArgument, _activations.ActivateAsync(new ActivateRequest(), Options(_app)).ResponseAsync);
        using var watch = _offline.WatchCards(new WatchCardsRequest { AfterVersion = -1 }, Options(_console));
        await RefusedAsync(StatusCode.InvalidArgument, watch.ResponseStream.MoveNext(_stop));
    }

    /// <summary>Ends its streams in order.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.RequestStream.CompleteAsync();
            await _advices.RequestStream.CompleteAsync();
            await _stream.ResponseStream.MoveNext(_stop);
            await _advices.ResponseStream.MoveNext(_stop);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // Whatever ended them, they are over.
        }

        _stream.Dispose();
        _advices.Dispose();
    }

    // As devices do it: several are on their way at once.
    private async Task StreamAsync()
    {
        for (var i = 0; i < StreamedInRound; i++)
        {
            await _stream.RequestStream.WriteAsync(OnCard(), _stop);
        }

        for (var i = 0; i < StreamedInRound; i++)
        {
            await _stream.ResponseStream.MoveNext(_stop);
        }
    }

    // Only a void is recorded of an authorisation that there is not.
    private async Task OperateAsync()
    {
        await _purchases.VoidAsync(
            new VoidRequest { OperationId = NewId(), AuthorisationId = NewId(), Reason = "rehearsal" }, Options(_console));
        await RefusedAsync(StatusCode.NotFound, _purchases.CaptureAsync(
            new CaptureRequest { OperationId = NewId(), AuthorisationId = NewId() }, Options(_console)).ResponseAsync);
        await RefusedAsync(StatusCode.NotFound, _purchases.RefundAsync(
            new RefundRequest { OperationId = NewId(), AuthorisationId = NewId(), Reason = "rehearsal" }, Options(_console)).ResponseAsync);
    }

    // In the ledger, as the cache has nothing of an unknown card.
    private async Task ReadAsync()
    {
        await RefusedAsync(
            StatusCode.NotFound, _purchases.GetCreditAsync(new GetCreditRequest { CardNumber = _unknownCard }, Options(_console)).ResponseAsync);
        await RefusedAsync(StatusCode.NotFound, _purchases.GetAuthorisationAsync(
            new GetAuthorisationRequest { AuthorisationId = NewId() }, Options(_console)).ResponseAsync);
        await _purchases.ListAuthorisationsAsync(new ListAuthorisationsRequest { CardNumber = _card }, Options(_console));
    }

    private static async Task RefusedAsync<T>(StatusCode expected, Task<T> call, bool mayPass = false)
    {
        try
        {
            await call;
        }
        catch (RpcException e) when (e.StatusCode == expected)
        {
            return;
        }

        if (!mayPass)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"A call of the rehearsal was to end with {expected}."));
        }
    }

    private AuthoriseRequest OnCard(bool hold = false) => new()
    {
        AuthorisationId = NewId(),
        CardNumber = _card,
        AmountMinor = AmountMinor,
        Currency = Rehearsal.Terms.Currency,
        Hold = hold,
        Product = "rehearsal",
        OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
        Trip = new Trip { Vehicle = "1", Line = "1", Zone = "1", Stop = "1" },
        DeviceId = "rehearsal",
    };

    private AuthoriseRequest InApp() => new()
    {
        AuthorisationId = NewId(),
        AppAccountId = _account,
        AmountMinor = AmountMinor,
        Currency = Rehearsal.Terms.Currency,
        Purpose = "rehearsal",
        Product = "rehearsal",
    };

    private CallOptions Options(Metadata headers) => new(headers, DateTime.UtcNow + CallTime, _stop);

    private static string NewId() => Guid.NewGuid().ToString();
}
