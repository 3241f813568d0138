using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal.CallHandlers;

/// <summary>What the handlers of the four kinds of call have in common. Immutable, shared by all calls.</summary>
internal abstract class CallHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method, MethodOptions options, Activator<TService> activator, ILogger logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected static readonly Status NoMessage = new(StatusCode.Cancelled, "No message returned from method.");

    protected Func<DeserializationContext, TRequest> Deserializer { get; } = method.RequestMarshaller.ContextualDeserializer;

    protected Action<TResponse, SerializationContext> Serializer { get; } = method.ResponseMarshaller.ContextualSerializer;

    protected Activator<TService> Activator { get; } = activator;

    public Task HandleAsync(HttpContext http) => RequestPreamble.Accept(http, logger)
        ? RunAsync(new HttpServerCallContext(http, method, options, logger))
        : Task.CompletedTask;

    protected abstract Task RunAsync(HttpServerCallContext context);

    /// <summary>A stream of requests may be long and slow: the server's limits on bodies are for single messages.</summary>
    protected static void LiftBodyLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }
}
