using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal.CallHandlers;

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingCallHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MethodOptions options,
    Activator<TService> activator,
    ILogger logger,
    ClientStreamingServerMethod<TService, TRequest, TResponse> invoke)
    : CallHandler<TService, TRequest, TResponse>(method, options, activator, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task RunAsync(HttpServerCallContext context)
    {
        Exception? failure = null;
        var requests = new RequestStream<TRequest>(context, Deserializer);
        try
        {
            LiftBodyLimits(context.Http);
            context.Begin();
            var response = await invoke(Activator.Get(context.Http), requests, context)
                ?? throw new RpcException(NoMessage);
            if (!context.HasEnded)
            {
                await context.WriteAsync(response, Serializer);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        requests.Close();
        await context.EndAsync(failure);
    }
}
