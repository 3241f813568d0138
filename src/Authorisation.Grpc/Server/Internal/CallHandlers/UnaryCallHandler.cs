using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal.CallHandlers;

/// <summary>One request, one response: the message and the status leave together, without a flush between them.</summary>
internal sealed class UnaryCallHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MethodOptions options,
    Activator<TService> activator,
    ILogger logger,
    UnaryServerMethod<TService, TRequest, TResponse> invoke)
    : CallHandler<TService, TRequest, TResponse>(method, options, activator, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task RunAsync(HttpServerCallContext context)
    {
        Exception? failure = null;
        try
        {
            context.Begin();
            var request = await RequestReader.ReadSingleAsync(context, Deserializer);
            var response = await invoke(Activator.Get(context.Http), request, context)
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

        await context.EndAsync(failure);
    }
}
