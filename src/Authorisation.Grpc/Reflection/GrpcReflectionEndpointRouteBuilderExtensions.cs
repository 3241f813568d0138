using Grpc.AspNetCore.Server.Reflection.Internal;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the gRPC reflection service.</summary>
public static class GrpcReflectionEndpointRouteBuilderExtensions
{
    /// <summary>Maps the gRPC reflection service under both of its names, v1 and v1alpha.</summary>
    /// <param name="builder">The application.</param>
    public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder) =>
        new GrpcServiceEndpointConventionBuilder(
        [
            builder.MapGrpcService<ReflectionServiceV1>(),
            builder.MapGrpcService<ReflectionServiceV1Alpha>(),
        ]);
}
