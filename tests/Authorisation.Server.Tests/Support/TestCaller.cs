using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Tests.Support;

/// <summary>Calls a server with one token, each call with a deadline, so that no test can hang.</summary>
internal sealed class TestCaller(ChannelBase channel, string? token)
{
    /// <summary>How long a call may take unless a test says otherwise: generous, since it is only there to end a hung test.</summary>
    public static readonly TimeSpan CallBound = TimeSpan.FromSeconds(20);

    private readonly V1.AuthorisationService.AuthorisationServiceClient _client = new(channel);

    /// <summary>The generated client, for calls that tests make in ways of their own.</summary>
    public V1.AuthorisationService.AuthorisationServiceClient Client => _client;

    /// <summary>The way to the server.</summary>
    public ChannelBase Channel => channel;

    /// <summary>The headers that carry the token.</summary>
    public Metadata Headers => token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } };

    /// <summary>Asks for a decision.</summary>
    public async Task<AuthoriseResponse> AuthoriseAsync(AuthoriseRequest request, TimeSpan? deadline = null) =>
        await _client.AuthoriseAsync(request, Options(deadline));

    /// <summary>Asks for a decision without a deadline of the caller's own.</summary>
    public async Task<AuthoriseResponse> AuthoriseWithoutDeadlineAsync(AuthoriseRequest request) =>
        await _client.AuthoriseAsync(request, new CallOptions(Headers)).ResponseAsync.WaitAsync(CallBound);

    /// <summary>Takes all or part of a hold.</summary>
    public async Task<OperationResponse> CaptureAsync(CaptureRequest request) => await _client.CaptureAsync(request, Options(null));

    /// <summary>Takes all or part of a hold, under an operation id of its own.</summary>
    public Task<OperationResponse> CaptureAsync(string id, long? amountMinor = null)
    {
        var request = new CaptureRequest { OperationId = NewId(), AuthorisationId = id };
        if (amountMinor is { } amount)
        {
            request.AmountMinor = amount;
        }

        return CaptureAsync(request);
    }

    /// <summary>Undoes an authorisation.</summary>
    public async Task<OperationResponse> VoidAsync(VoidRequest request) => await _client.VoidAsync(request, Options(null));

    /// <summary>Undoes an authorisation, under an operation id of its own.</summary>
    public Task<OperationResponse> VoidAsync(string id) =>
        VoidAsync(new VoidRequest { OperationId = NewId(), AuthorisationId = id });

    /// <summary>Gives back all or part of a purchase.</summary>
    public async Task<OperationResponse> RefundAsync(RefundRequest request) => await _client.RefundAsync(request, Options(null));

    /// <summary>Gives back all or part of a purchase, under an operation id of its own.</summary>
    public Task<OperationResponse> RefundAsync(string id, long? amountMinor = null)
    {
        var request = new RefundRequest { OperationId = NewId(), AuthorisationId = id };
        if (amountMinor is { } amount)
        {
            request.AmountMinor = amount;
        }

        return RefundAsync(request);
    }

    /// <summary>Lists authorisations.</summary>
    public async Task<ListAuthorisationsResponse> ListAsync(ListAuthorisationsRequest request) =>
        await _client.ListAuthorisationsAsync(request, Options(null));

    /// <summary>Reports what was sold out of reach, and reads the answers.</summary>
    public async Task<List<AdviceResult>> AdviseAsync(params Advice[] advices)
    {
        using var call = new V1.OfflineService.OfflineServiceClient(channel).SubmitAdvices(Options(CallBound * 3));
        var results = new List<AdviceResult>();
        var reading = Task.Run(async () =>
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                results.Add(call.ResponseStream.Current);
            }
        });
        try
        {
            foreach (var advice in advices)
            {
                await call.RequestStream.WriteAsync(advice);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The server ended the call before all of it was sent, which may be all that a write says: the answers end with why.
            await reading;
            throw;
        }

        await reading;
        return results;
    }

    /// <summary>An id as a client makes it.</summary>
    public static string NewId() => Guid.CreateVersion7().ToString();

    /// <summary>Reads an authorisation.</summary>
    public async Task<AuthorisationRecord> GetAuthorisationAsync(string id) => await _client.GetAuthorisationAsync(
        new GetAuthorisationRequest { AuthorisationId = id }, Options(null));

    /// <summary>Reads the credit on a card or app account.</summary>
    public async Task<Credit> GetCreditAsync(GetCreditRequest request) =>
        await _client.GetCreditAsync(request, Options(null));

    /// <summary>Reads the credit on an instrument.</summary>
    public Task<Credit> GetCreditAsync(Core.Instrument instrument) => GetCreditAsync(
        instrument.Kind == Core.InstrumentKind.Card
            ? new GetCreditRequest { CardNumber = instrument.CardNumber }
            : new GetCreditRequest { AppAccountId = instrument.AccountId.ToString() });

    private CallOptions Options(TimeSpan? deadline) => new(Headers, DateTime.UtcNow + (deadline ?? CallBound));
}
