using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Authorisation.Server.Health;

/// <summary>
/// The state that callers of <c>grpc.health.v1</c> see, for the service manager. Registered after that service's own
/// publisher, it knows only what they know already. Safe to share: one reference, replaced whole.
/// </summary>
internal sealed class PublishedHealth : IHealthCheckPublisher
{
    private volatile string? _trouble = "health has not been looked at yet";

    /// <summary>Why health is NOT_SERVING; null when it is SERVING.</summary>
    public string? Trouble => _trouble;

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _trouble = report.Status == HealthStatus.Healthy
            ? null
            : string.Join(
                "; ", report.Entries.Values.Where(entry => entry.Status != HealthStatus.Healthy).Select(entry => entry.Description));
        return Task.CompletedTask;
    }
}
