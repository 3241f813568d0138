using Grpc.AspNetCore.Server.Reflection.Internal;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the gRPC reflection service.</summary>
public static class GrpcReflectionServiceExtensions
{
    /// <summary>Registers the gRPC reflection service, which tells tools of the services that are mapped.</summary>
    /// <param name="services">Where to register it.</param>
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<DescriptorIndex>();
        services.TryAddSingleton<ReflectionAnswers>();
        services.TryAddSingleton<ReflectionServiceV1>();
        services.TryAddSingleton<ReflectionServiceV1Alpha>();
        return services;
    }
}
