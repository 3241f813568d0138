using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal.CallHandlers;

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingCallHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    MethodOptions options,
    Activator<TService> activator,
    ILogger logger,
    ServerStreamingServerMethod<TService, TRequest, TResponse> invoke)
    : CallHandler<TService, TRequest, TResponse>(method, options, activator, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task RunAsync(HttpServerCallContext context)
    {
        Exception? failure = null;
        var responses = new ResponseStream<TResponse>(context, Serializer);
        try
        {
            context.Begin();
            var request = await RequestReader.ReadSingleAsync(context, Deserializer);
            await invoke(Activator.Get(context.Http), request, responses, context);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        responses.Close();
        await context.EndAsync(failure);
    }
}
