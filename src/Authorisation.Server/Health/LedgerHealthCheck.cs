using Authorisation.Server.Access;
using Authorisation.Server.Following;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Authorisation.Server.Health;

/// <summary>
/// Healthy when the server can decide purchases: the ledger is fit and the tokens are loaded. Starts false.
/// </summary>
public sealed class LedgerHealthCheck(LedgerWatch watch, TokenDirectory tokens) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(watch.Trouble is { } trouble ? HealthCheckResult.Unhealthy(trouble)
            : tokens.IsLoaded ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("the tokens have not been read yet"));
}
