using Authorisation.Server.Ledgers;
using Authorisation.Server.Rehearsals;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Authorisation.Server.Health;

/// <summary>
/// Healthy when the server can decide purchases, and as fast as it will: a ledger is fit, its tokens are loaded, and the
/// warm-up is over. Starts false.
/// </summary>
public sealed class LedgerHealthCheck(LedgerDirectory ledgers, WarmUp warmUp) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ledgers.FindTrouble() is { } trouble ? HealthCheckResult.Unhealthy(trouble)
            : warmUp.IsOver ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("the server warms up"));
}
