using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.LoadTests.Peers;

/// <summary>Approves at once, having done nothing: what gRPC and protobuf cost, and so the ceiling.</summary>
internal sealed class EchoService : AuthorisationService.AuthorisationServiceBase
{
    private const long LimitMinor = 1_000_000;

    /// <inheritdoc/>
    public override Task<AuthoriseResponse> Authorise(AuthoriseRequest request, ServerCallContext context) =>
        Task.FromResult(Answers.Of(
            request.AuthorisationId, approved: true, LimitMinor, request.AmountMinor, DateTimeOffset.UtcNow));
}
