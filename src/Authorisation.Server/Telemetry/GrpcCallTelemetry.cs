using Authorisation.Hosting.Telemetry;
using Authorisation.Server.Access;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Authorisation.Server.Telemetry;

/// <summary>
/// Measures and traces the calls of gRPC that have one answer. Streams are measured item by item, where they are read.
/// </summary>
internal sealed class GrpcCallTelemetry(RequestDelegate next, CallMetrics metrics, CallerResolver callers) : CallTelemetry(next, metrics)
{
    private const string StatusHeader = "grpc-status";

    /// <inheritdoc/>
    protected override MeasuredCall? CallOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is { Method: { Type: MethodType.Unary } method }
            ? new MeasuredCall(method.Name, GrpcStatus.Names)
            : null;

    /// <inheritdoc/>
    protected override int StatusOf(HttpContext http, bool hasThrown)
    {
        var trailers = http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        if ((trailers is not null && trailers.TryGetValue(StatusHeader, out var text)) || http.Response.Headers.TryGetValue(StatusHeader, out text))
        {
            return GrpcStatus.Parse(text.ToString());
        }

        return (int)(http.RequestAborted.IsCancellationRequested ? StatusCode.Cancelled : StatusCode.Unknown);
    }

    /// <inheritdoc/>
    protected override bool IsCounted(HttpContext http) => !callers.IsRehearsal(http);

    /// <inheritdoc/>
    protected override bool IsFault(int status) => GrpcStatus.IsFault(status);
}
