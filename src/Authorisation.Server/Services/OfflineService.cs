using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>The contract's calls for devices that are out of reach at times.</summary>
public sealed class OfflineService(AdviceStream advices) : V1.OfflineService.OfflineServiceBase
{
    /// <inheritdoc />
    public override Task SubmitAdvices(
        IAsyncStreamReader<Advice> requestStream, IServerStreamWriter<AdviceResult> responseStream, ServerCallContext context) =>
        advices.RunAsync(requestStream, responseStream, context);
}
