using Grpc.Core;
using Grpc.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Endpoints that answer calls to unknown methods and services with UNIMPLEMENTED.</summary>
internal sealed class UnimplementedEndpoints(IEndpointRouteBuilder builder, ILogger logger)
{
    private static readonly Status NoMethod = new(StatusCode.Unimplemented, "Method is unimplemented.");
    private static readonly Status NoService = new(StatusCode.Unimplemented, "Service is unimplemented.");

    public IEndpointConventionBuilder MapMethodsOf(string service) => Map($"/{service}/{{method}}", NoMethod);

    public IEndpointConventionBuilder MapServices() => Map("/{service}/{method}", NoService);

    private IEndpointConventionBuilder Map(string pattern, Status status)
    {
        var policies = new RouteValueDictionary { ["method"] = new IsGrpcCall() };
        return builder
            .Map(RoutePatternFactory.Parse(pattern, defaults: null, policies), http => Answer(http, status))
            .WithDisplayName($"gRPC - {status.Detail}")
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Post], acceptCorsPreflight: true));
    }

    private Task Answer(HttpContext http, Status status)
    {
        if (RequestPreamble.Accept(http, logger))
        {
            ServerLog.Unimplemented(logger, http.Request.Path.Value);
            http.Response.Headers.ContentType = GrpcHeaders.ContentType;
            StatusWriter.Write(http.Response, status, trailers: null);
        }

        return Task.CompletedTask;
    }

    /// <summary>Leaves requests that are no gRPC calls to the rest of the application.</summary>
    private sealed class IsGrpcCall : IRouteConstraint
    {
        public bool Match(
            HttpContext? httpContext,
            IRouter? route,
            string routeKey,
            RouteValueDictionary values,
            RouteDirection routeDirection) =>
            httpContext is null
                || (HttpMethods.IsPost(httpContext.Request.Method)
                    && GrpcHeaders.IsGrpcContentType(httpContext.Request.ContentType));
    }
}
