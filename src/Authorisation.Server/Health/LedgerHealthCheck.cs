using Authorisation.Server.Ledgers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Authorisation.Server.Health;

/// <summary>
/// Healthy when the server can decide purchases: a ledger is fit and its tokens are loaded. Starts false.
/// </summary>
public sealed class LedgerHealthCheck(LedgerDirectory ledgers) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ledgers.FindTrouble() is { } trouble ? HealthCheckResult.Unhealthy(trouble) : HealthCheckResult.Healthy());
}
