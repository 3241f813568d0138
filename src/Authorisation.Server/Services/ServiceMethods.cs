using System.Reflection;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>
/// Registers the methods of a service with grpc-dotnet. It replaces the built-in provider, which would answer a message
/// that does not parse with UNKNOWN and log it as an error, before any interceptor is asked. What is different is in
/// <see cref="MethodBinder{TService}"/>.
/// </summary>
/// <typeparam name="TService">
/// A class derived from what protoc generates; ours, health's and reflection's alike.
/// </typeparam>
internal sealed class ServiceMethods<TService> : IServiceMethodProvider<TService>
    where TService : class
{
    private const BindingFlags Generated = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <inheritdoc/>
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        var serviceBase = typeof(TService);
        while (serviceBase.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is null)
        {
            serviceBase = serviceBase.BaseType
                ?? throw new InvalidOperationException($"{typeof(TService)} is derived from no generated service.");
        }

        var binding = serviceBase.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false)!;
        var bind = binding.BindType.GetMethod(
            binding.BindMethodName, Generated, [typeof(ServiceBinderBase), serviceBase])
            ?? throw new InvalidOperationException($"{binding.BindType} has no {binding.BindMethodName}.");
        bind.Invoke(obj: null, [new MethodBinder<TService>(context), null]);
    }
}
