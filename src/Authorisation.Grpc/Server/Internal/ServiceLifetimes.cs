using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Tells how a type is registered. A singleton is resolved once for all calls, so that they need no scope of
/// dependency injection. Used while endpoints are mapped, by one thread.
/// </summary>
internal sealed class ServiceLifetimes(IServiceCollection services)
{
    /// <summary>Whether a mapping adds the endpoints that answer unknown services, which exist once.</summary>
    public bool HasUnknownServiceEndpoint { get; set; }

    public ServiceLifetime? Find(Type type)
    {
        // The last registration is the one that resolves.
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i].ServiceType == type && !services[i].IsKeyedService)
            {
                return services[i].Lifetime;
            }
        }

        return null;
    }
}
