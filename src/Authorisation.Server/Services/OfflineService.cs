using Authorisation.Server.Cards;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>What a validator needs when the bus has no coverage. The calls that are not here yet answer UNIMPLEMENTED.</summary>
public sealed class OfflineService(CardWatch watch) : V1.OfflineService.OfflineServiceBase
{
    /// <inheritdoc />
    public override Task WatchCards(
        WatchCardsRequest request, IServerStreamWriter<CardUpdate> responseStream, ServerCallContext context) =>
        watch.RunAsync(request, responseStream, context);
}
