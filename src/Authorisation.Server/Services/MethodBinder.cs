using System.Reflection;
using Authorisation.Server.Calls;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>
/// Adds the methods of a service. A message that does not parse is INVALID_ARGUMENT, and a stream whose client is gone,
/// or whose deadline has passed, ends as cancelled instead of with the error that its next read or write would be.
/// </summary>
internal sealed class MethodBinder<TService>(ServiceMethodProviderContext<TService> context) : ServiceBinderBase
    where TService : class
{
    private static readonly object[] Metadata = [new HttpMethodMetadata([HttpMethods.Post], acceptCorsPreflight: true)];

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        context.AddUnaryMethod(
            Messages.Checked(method),
            Metadata,
            Find<Grpc.AspNetCore.Server.Model.UnaryServerMethod<TService, TRequest, TResponse>>(
                method.Name, typeof(TRequest), typeof(ServerCallContext)));

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var run = Find<Grpc.AspNetCore.Server.Model.ClientStreamingServerMethod<TService, TRequest, TResponse>>(
            method.Name, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        context.AddClientStreamingMethod(Messages.Checked(method), Metadata, async (service, requests, call) =>
        {
            TResponse? answer = null;
            await RunAsync(call, async () => answer = await run(service, requests, call));
            return answer!;
        });
    }

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var run = Find<Grpc.AspNetCore.Server.Model.ServerStreamingServerMethod<TService, TRequest, TResponse>>(
            method.Name, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        context.AddServerStreamingMethod(Messages.Checked(method), Metadata, (service, request, responses, call) =>
            RunAsync(call, () => run(service, request, responses, call)));
    }

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var run = Find<Grpc.AspNetCore.Server.Model.DuplexStreamingServerMethod<TService, TRequest, TResponse>>(
            method.Name,
            typeof(IAsyncStreamReader<TRequest>),
            typeof(IServerStreamWriter<TResponse>),
            typeof(ServerCallContext));
        context.AddDuplexStreamingMethod(Messages.Checked(method), Metadata, (service, requests, responses, call) =>
            RunAsync(call, () => run(service, requests, responses, call)));
    }

    private static async Task RunAsync(ServerCallContext call, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception e) when (CallEnd.IsWhy(e, call))
        {
            throw CallEnd.Cancelled(e);
        }
    }

    private static TDelegate Find<TDelegate>(string name, params Type[] parameters)
        where TDelegate : Delegate =>
        typeof(TService)
            .GetMethod(name, BindingFlags.Instance | BindingFlags.Public, parameters)?
            .CreateDelegate<TDelegate>()
            ?? throw new InvalidOperationException($"{typeof(TService)} has no {name}.");
}
