using Authorisation.Server.Streams;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>What a validator needs when the bus has no coverage.</summary>
public sealed class OfflineService(AdviceStreams advices, CardWatch watch) : V1.OfflineService.OfflineServiceBase
{
    /// <inheritdoc />
    public override Task SubmitAdvices(
        IAsyncStreamReader<Advice> requestStream, IServerStreamWriter<AdviceResult> responseStream, ServerCallContext context) =>
        advices.RunAsync(requestStream, responseStream, context);

    /// <inheritdoc />
    public override Task WatchCards(
        WatchCardsRequest request, IServerStreamWriter<CardUpdate> responseStream, ServerCallContext context) =>
        watch.RunAsync(request, responseStream, context);
}
