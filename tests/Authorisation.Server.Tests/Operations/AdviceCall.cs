using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Operations;

/// <summary>A stream of advices that the test sends to and reads from itself, item by item.</summary>
internal sealed class AdviceCall : IDisposable
{
    private readonly AsyncDuplexStreamingCall<Advice, AdviceResult> _call;

    private AdviceCall(AsyncDuplexStreamingCall<Advice, AdviceResult> call) => _call = call;

    /// <summary>Opens a stream.</summary>
    public static AdviceCall Open(TestCaller caller) => new(new V1.OfflineService.OfflineServiceClient(caller.Channel)
        .SubmitAdvices(new CallOptions(caller.Headers, DateTime.UtcNow + (TestCaller.CallBound * 3))));

    /// <summary>What was sold out of reach just now: before now by the server's clock, and in this month.</summary>
    public static Advice Sold(WireOperator on, Core.Instrument card, long amountMinor)
    {
        var request = on.Buy(card, amountMinor);
        request.OccurredAt = DateTime.UtcNow.AddSeconds(-1).ToTimestamp();
        return new Advice { Purchase = request };
    }

    /// <summary>Sends an item.</summary>
    public Task SendAsync(Advice advice) => _call.RequestStream.WriteAsync(advice);

    /// <summary>The next answer; <see langword="null"/> when the server has ended the stream with OK.</summary>
    public async Task<AdviceResult?> NextAsync() =>
        await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Eventually.Bound) ? _call.ResponseStream.Current : null;

    /// <summary>Sends an item and waits for its answer, which must be the next.</summary>
    public async Task<AdviceResult> AdviseAsync(Advice advice)
    {
        await SendAsync(advice);
        var result = await NextAsync();
        Assert.Equal(advice.Purchase.AuthorisationId, result?.AuthorisationId);
        return result!;
    }

    /// <summary>Says that nothing more comes.</summary>
    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    /// <summary>Says that nothing more comes, and waits until the server has ended the stream with OK.</summary>
    public async Task EndAsync()
    {
        await CompleteAsync();
        Assert.Null(await NextAsync());
    }

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();
}
