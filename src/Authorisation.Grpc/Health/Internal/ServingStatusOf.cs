using Grpc.Health.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Grpc.AspNetCore.HealthChecks.Internal;

/// <summary>A degraded service still serves; no checks at all say nothing.</summary>
internal static class ServingStatusOf
{
    public static HealthCheckResponse.Types.ServingStatus Report(HealthReport report, ServiceMapping mapping)
    {
        var status = HealthCheckResponse.Types.ServingStatus.Unknown;
        foreach (var (name, entry) in report.Entries)
        {
            if (!mapping.HealthCheckPredicate!(new HealthCheckMapContext(name, entry.Tags)))
            {
                continue;
            }

            if (entry.Status == HealthStatus.Unhealthy)
            {
                return HealthCheckResponse.Types.ServingStatus.NotServing;
            }

            status = HealthCheckResponse.Types.ServingStatus.Serving;
        }

        return status;
    }
}
