using Authorisation.Server.Access;
using Authorisation.Server.Following;
using Authorisation.Server.Rehearsals;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Authorisation.Server.Health;

/// <summary>
/// Healthy when the server can decide purchases, and as fast as it will: the ledger is fit, the tokens are loaded, and the
/// warm-up is over. Starts false.
/// </summary>
public sealed class LedgerHealthCheck(LedgerWatch watch, TokenDirectory tokens, WarmUp warmUp) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(watch.Trouble is { } trouble ? HealthCheckResult.Unhealthy(trouble)
            : !tokens.IsLoaded ? HealthCheckResult.Unhealthy("the tokens have not been read yet")
            : warmUp.IsOver ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("the server warms up"));
}
