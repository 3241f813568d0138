using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.HealthChecks.Internal;

/// <summary>
/// The health service as it is mapped: Check runs the application's checks now unless told to use what was
/// published; Watch begins with a check made now, goes on with what is published, and ends with NOT_SERVING when the
/// application stops, so that it does not hold the stop up.
/// </summary>
internal sealed class HealthService(
    HealthServiceImpl published,
    HealthCheckService checks,
    IOptions<GrpcHealthChecksOptions> options,
    IHostApplicationLifetime lifetime) : Health.V1.Health.HealthBase
{
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (options.Value.UseHealthChecksCache)
        {
            return await published.Check(request, context);
        }

        return await CheckNowAsync(request.Service, context.CancellationToken)
            ?? throw new RpcException(new Status(StatusCode.NotFound, ""));
    }

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        if (!options.Value.UseHealthChecksCache && await CheckNowAsync(request.Service, context.CancellationToken) is { } now)
        {
            published.SetStatus(request.Service, now.Status);
        }

        if (options.Value.SuppressCompletionOnShutdown)
        {
            await published.Watch(request, responseStream, context);
            return;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        await published.WatchAsync(request.Service, responseStream, stopping.Token);
        if (!context.CancellationToken.IsCancellationRequested)
        {
            await responseStream.WriteAsync(
                new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.NotServing });
        }
    }

    private async Task<HealthCheckResponse?> CheckNowAsync(string service, CancellationToken cancellationToken)
    {
        if (options.Value.Services.Find(service) is not { } mapping)
        {
            return null;
        }

        var report = await checks.CheckHealthAsync(
            registration => mapping.HealthCheckPredicate!(new HealthCheckMapContext(registration.Name, registration.Tags)),
            cancellationToken);
        return new HealthCheckResponse { Status = ServingStatusOf.Report(report, mapping) };
    }
}
