using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.LoadTests.Peers;

/// <summary>Counts in Redis as a rate limiter does: nothing is kept of a purchase, and nothing is durable.</summary>
internal sealed class RedisOnlyService(RedisCounter counter) : AuthorisationService.AuthorisationServiceBase
{
    private const long LimitMinor = 1_000_000_000_000;

    /// <inheritdoc/>
    public override async Task<AuthoriseResponse> Authorise(AuthoriseRequest request, ServerCallContext context)
    {
        var (approved, spentMinor) = await counter.TakeAsync(request.CardNumber, request.AmountMinor, LimitMinor);
        return Answers.Of(request.AuthorisationId, approved, LimitMinor, spentMinor, DateTimeOffset.UtcNow);
    }
}
