using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.LoadTests.Peers;

/// <summary>What ledgers inside Postgres do: a call of a function for each request.</summary>
internal sealed class DoubleEntryService(DoubleEntryLedger ledger) : AuthorisationService.AuthorisationServiceBase
{
    /// <inheritdoc/>
    public override Task<AuthoriseResponse> Authorise(AuthoriseRequest request, ServerCallContext context) =>
        ledger.AuthoriseAsync(request, context.CancellationToken);
}
