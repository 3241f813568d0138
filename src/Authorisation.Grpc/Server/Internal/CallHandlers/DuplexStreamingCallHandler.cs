using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal.CallHandlers;

/// <summary>Many requests, many responses.</summary>
internal sealed class DuplexStreamingCallHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MethodOptions options,
    Activator<TService> activator,
    ILogger logger,
    DuplexStreamingServerMethod<TService, TRequest, TResponse> invoke)
    : CallHandler<TService, TRequest, TResponse>(method, options, activator, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task RunAsync(HttpServerCallContext context)
    {
        Exception? failure = null;
        var requests = new RequestStream<TRequest>(context, Deserializer);
        var responses = new ResponseStream<TResponse>(context, Serializer);
        try
        {
            LiftBodyLimits(context.Http);
            context.Begin();
            await invoke(Activator.Get(context.Http), requests, responses, context);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        requests.Close();
        responses.Close();
        await context.EndAsync(failure);
    }
}
