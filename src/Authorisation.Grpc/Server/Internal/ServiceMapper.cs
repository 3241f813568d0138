using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Makes endpoints of a service's methods, which the generated binding method tells one by one.</summary>
internal sealed class ServiceMapper<TService>
    where TService : class
{
    private readonly IEndpointRouteBuilder _builder;
    private readonly ServiceLifetimes _lifetimes;

    public ServiceMapper(IEndpointRouteBuilder builder)
    {
        _builder = builder;
        _lifetimes = builder.ServiceProvider.GetService<ServiceLifetimes>()
            ?? throw new InvalidOperationException(
                "Unable to find the required services. Please add all the required services by calling " +
                "'IServiceCollection.AddGrpc' in the application startup code.");
    }

    public GrpcServiceEndpointConventionBuilder Map()
    {
        var services = _builder.ServiceProvider;
        var options = MethodOptions.Create(
            services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value,
            services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value);
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server.ServerCallHandler");
        var binder = new EndpointBinder<TService>(_builder, options, logger);
        Bind(binder);
        var unimplemented = new UnimplementedEndpoints(_builder, logger);
        if (!options.IgnoreUnknownMethods)
        {
            foreach (var service in binder.ServiceNames)
            {
                binder.Endpoints.Add(unimplemented.MapMethodsOf(service));
            }
        }

        if (!options.IgnoreUnknownServices && !_lifetimes.HasUnknownServiceEndpoint)
        {
            _lifetimes.HasUnknownServiceEndpoint = true;
            unimplemented.MapServices();
        }

        return new GrpcServiceEndpointConventionBuilder(binder.Endpoints);
    }

    private static void Bind(ServiceBinderBase binder)
    {
        var (attribute, serviceBase) = FindBinding();
        var bind = attribute.BindType.GetMethod(
            attribute.BindMethodName,
            BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic,
            [typeof(ServiceBinderBase), serviceBase])
            ?? throw new InvalidOperationException($"Cannot locate the binding method of {typeof(TService).Name}.");
        bind.Invoke(null, [binder, null]);
    }

    private static (BindServiceMethodAttribute Attribute, Type ServiceBase) FindBinding()
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                return (attribute, type);
            }
        }

        throw new InvalidOperationException(
            $"Cannot locate the BindServiceMethodAttribute of {typeof(TService).Name}: " +
            "is it derived from a generated service base class?");
    }
}
