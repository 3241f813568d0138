using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Puts a service's interceptors before its methods, the first outermost. Built once a method.</summary>
internal sealed class InterceptorPipeline<TService>
    where TService : class
{
    private readonly Activator<Interceptor>[] _interceptors;

    public InterceptorPipeline(IServiceProvider provider, IReadOnlyList<InterceptorRegistration> registrations) =>
        _interceptors =
        [
            .. registrations.Select(registration =>
                new Activator<Interceptor>(provider, registration.Type, registration.Arguments)),
        ];

    public UnaryServerMethod<TService, TRequest, TResponse> Build<TRequest, TResponse>(
        UnaryServerMethod<TService, TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class
    {
        for (var i = _interceptors.Length - 1; i >= 0; i--)
        {
            var next = method;
            var activator = _interceptors[i];
            method = (service, request, context) => activator.Get(context.GetHttpContext())
                .UnaryServerHandler<TRequest, TResponse>(request, context, (r, c) => next(service, r, c));
        }

        return method;
    }

    public ClientStreamingServerMethod<TService, TRequest, TResponse> Build<TRequest, TResponse>(
        ClientStreamingServerMethod<TService, TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class
    {
        for (var i = _interceptors.Length - 1; i >= 0; i--)
        {
            var next = method;
            var activator = _interceptors[i];
            method = (service, requests, context) => activator.Get(context.GetHttpContext())
                .ClientStreamingServerHandler<TRequest, TResponse>(requests, context, (r, c) => next(service, r, c));
        }

        return method;
    }

    public ServerStreamingServerMethod<TService, TRequest, TResponse> Build<TRequest, TResponse>(
        ServerStreamingServerMethod<TService, TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class
    {
        for (var i = _interceptors.Length - 1; i >= 0; i--)
        {
            var next = method;
            var activator = _interceptors[i];
            method = (service, request, responses, context) => activator.Get(context.GetHttpContext())
                .ServerStreamingServerHandler<TRequest, TResponse>(
                    request, responses, context, (r, w, c) => next(service, r, w, c));
        }

        return method;
    }

    public DuplexStreamingServerMethod<TService, TRequest, TResponse> Build<TRequest, TResponse>(
        DuplexStreamingServerMethod<TService, TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class
    {
        for (var i = _interceptors.Length - 1; i >= 0; i--)
        {
            var next = method;
            var activator = _interceptors[i];
            method = (service, requests, responses, context) => activator.Get(context.GetHttpContext())
                .DuplexStreamingServerHandler<TRequest, TResponse>(
                    requests, responses, context, (r, w, c) => next(service, r, w, c));
        }

        return method;
    }
}
