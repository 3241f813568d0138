using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Authorisation.Server.Health;

/// <summary>
/// <c>grpc.health.v1</c>, of the server as a whole: Check checks at the time of the call; Watch sends what is
/// published, and ends with NOT_SERVING when the server stops.
/// </summary>
/// <remarks>
/// It replaces what Grpc.AspNetCore.HealthChecks maps, which keeps a registration of each call of Watch until the
/// server stops: a client without a token could fill the memory. Safe for any number of calls: it keeps no state.
/// </remarks>
internal sealed class HealthService(
    HealthCheckService checks, HealthServiceImpl published, IHostApplicationLifetime lifetime)
    : Grpc.Health.V1.Health.HealthBase
{
    /// <inheritdoc/>
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (request.Service.Length > 0)
        {
            throw new RpcException(
                new Status(StatusCode.NotFound, "The server is asked after as a whole: leave `service` empty."));
        }

        return new HealthCheckResponse { Status = await LookAsync(context.CancellationToken) };
    }

    /// <inheritdoc/>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        if (request.Service.Length == 0)
        {
            published.SetStatus(request.Service, await LookAsync(context.CancellationToken));
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        await published.Watch(request, responseStream, new EndedBy(context, end.Token));
        if (!context.CancellationToken.IsCancellationRequested)
        {
            await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.NotServing });
        }
    }

    private async Task<ServingStatus> LookAsync(CancellationToken stop) =>
        (await checks.CheckHealthAsync(stop)).Status == HealthStatus.Unhealthy
            ? ServingStatus.NotServing
            : ServingStatus.Serving;

    /// <summary>The same call with another token that ends it.</summary>
    private sealed class EndedBy(ServerCallContext call, CancellationToken end) : ServerCallContext
    {
        protected override string MethodCore => call.Method;

        protected override string HostCore => call.Host;

        protected override string PeerCore => call.Peer;

        protected override DateTime DeadlineCore => call.Deadline;

        protected override Metadata RequestHeadersCore => call.RequestHeaders;

        protected override CancellationToken CancellationTokenCore => end;

        protected override Metadata ResponseTrailersCore => call.ResponseTrailers;

        protected override Status StatusCore { get => call.Status; set => call.Status = value; }

        protected override WriteOptions? WriteOptionsCore { get => call.WriteOptions; set => call.WriteOptions = value; }

        protected override AuthContext AuthContextCore => call.AuthContext;

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            call.CreatePropagationToken(options);

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) =>
            call.WriteResponseHeadersAsync(responseHeaders);
    }
}
