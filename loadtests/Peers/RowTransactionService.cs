using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.LoadTests.Peers;

/// <summary>What one would write first: a transaction for each request.</summary>
internal sealed class RowTransactionService(RowTransactionLedger ledger) : AuthorisationService.AuthorisationServiceBase
{
    /// <inheritdoc/>
    public override Task<AuthoriseResponse> Authorise(AuthoriseRequest request, ServerCallContext context) =>
        ledger.AuthoriseAsync(request, context.CancellationToken);
}
