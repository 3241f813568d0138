using System.Reflection;
using Grpc.AspNetCore.Server.Internal.CallHandlers;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Makes an endpoint of each method that it is told of.</summary>
internal sealed class EndpointBinder<TService>(IEndpointRouteBuilder builder, MethodOptions options, ILogger logger)
    : ServiceBinderBase
    where TService : class
{
    private readonly Activator<TService> _activator = new(builder.ServiceProvider, typeof(TService), []);
    private readonly InterceptorPipeline<TService> _pipeline = new(builder.ServiceProvider, options.Interceptors);

    public List<IEndpointConventionBuilder> Endpoints { get; } = [];

    public HashSet<string> ServiceNames { get; } = new(StringComparer.Ordinal);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(TRequest), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<UnaryServerMethod<TService, TRequest, TResponse>>();
        Map(method, implementation, new UnaryCallHandler<TService, TRequest, TResponse>(
            method, options, _activator, logger, _pipeline.Build(invoke)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<ClientStreamingServerMethod<TService, TRequest, TResponse>>();
        Map(method, implementation, new ClientStreamingCallHandler<TService, TRequest, TResponse>(
            method, options, _activator, logger, _pipeline.Build(invoke)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(
            method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<ServerStreamingServerMethod<TService, TRequest, TResponse>>();
        Map(method, implementation, new ServerStreamingCallHandler<TService, TRequest, TResponse>(
            method, options, _activator, logger, _pipeline.Build(invoke)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(
            method,
            typeof(IAsyncStreamReader<TRequest>),
            typeof(IServerStreamWriter<TResponse>),
            typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<DuplexStreamingServerMethod<TService, TRequest, TResponse>>();
        Map(method, implementation, new DuplexStreamingCallHandler<TService, TRequest, TResponse>(
            method, options, _activator, logger, _pipeline.Build(invoke)));
    }

    private static MethodInfo Find(IMethod method, params Type[] parameters) =>
        typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"Could not find '{method.Name}' on {typeof(TService)}.");

    private void Map<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        MethodInfo implementation,
        CallHandler<TService, TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
    {
        ServiceNames.Add(method.ServiceName);
        var endpoint = builder.Map(method.FullName, (RequestDelegate)handler.HandleAsync);
        endpoint.Add(endpointBuilder =>
        {
            endpointBuilder.DisplayName = $"gRPC - {method.FullName}";
            foreach (var attribute in typeof(TService).GetCustomAttributes(inherit: true))
            {
                endpointBuilder.Metadata.Add(attribute);
            }

            foreach (var attribute in implementation.GetCustomAttributes(inherit: true))
            {
                endpointBuilder.Metadata.Add(attribute);
            }

            endpointBuilder.Metadata.Add(new HttpMethodMetadata([HttpMethods.Post], acceptCorsPreflight: true));
            endpointBuilder.Metadata.Add(new GrpcMethodMetadata(typeof(TService), method));
        });
        Endpoints.Add(endpoint);
    }
}
