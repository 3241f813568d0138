using System.Collections.Concurrent;
using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Grpc.Tests.Interceptors;

public class InterceptorTests
{
    [Fact]
    public async Task Interceptors_of_the_server_stand_around_all_four_kinds_in_order()
    {
        var trace = new ConcurrentQueue<string>();
        await using var server = await TestServer.StartAsync(
            options: options =>
            {
                options.Interceptors.Add<Tracer>("outer");
                options.Interceptors.Add<Tracer>("inner");
            },
            services: services => services.AddSingleton(trace));
        var client = server.Client();
        await client.UnaryAsync(new Note());
        Assert.Equal(["outer unary", "inner unary"], trace);
        trace.Clear();
        using var gather = client.Gather();
        await gather.RequestStream.CompleteAsync();
        await gather;
        using var spread = client.Spread(new Note());
        Assert.False(await spread.ResponseStream.MoveNext().Soon());
        using var talk = client.Talk();
        await talk.RequestStream.CompleteAsync();
        Assert.False(await talk.ResponseStream.MoveNext().Soon());
        Assert.Equal(["outer gather", "inner gather", "outer spread", "inner spread", "outer talk", "inner talk"], trace);
    }

    [Fact]
    public async Task An_interceptor_may_refuse_the_call()
    {
        await using var server = await TestServer.StartAsync(options: static options => options.Interceptors.Add<Refuser>());
        var exception = await Expect.StatusAsync(StatusCode.Unauthenticated, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal("who?", exception.Status.Detail);
    }

    [Fact]
    public async Task Interceptors_of_the_client_stand_before_the_channel_in_order()
    {
        List<string> seen = [];
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            // HTTP may join the values of one key.
            seen.AddRange(context.RequestHeaders.GetAll("x-by").SelectMany(static entry => entry.Value.Split(", ")));
            return Task.FromResult(request);
        });
        var client = new Prober.ProberClient(server.Channel().Intercept(new Stamper("a"), new Stamper("b")).Intercept(static headers =>
        {
            headers.Add("x-by", "first");
            return headers;
        }));
        await client.UnaryAsync(new Note());
        client.Unary(new Note());
        Assert.Equal(["first", "a", "b", "first", "a", "b"], seen);
    }

    private sealed class Refuser : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.Unauthenticated, "who?"));
    }

    private sealed class Tracer(ConcurrentQueue<string> trace, string name) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            trace.Enqueue($"{name} unary");
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Enqueue($"{name} gather");
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Enqueue($"{name} spread");
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Enqueue($"{name} talk");
            return continuation(requestStream, responseStream, context);
        }
    }

    private sealed class Stamper(string name) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, Stamp(context));

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, Stamp(context));

        private ClientInterceptorContext<TRequest, TResponse> Stamp<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class
        {
            var headers = new Metadata();
            foreach (var entry in context.Options.Headers ?? [])
            {
                headers.Add(entry);
            }

            headers.Add("x-by", name);
            return new(context.Method, context.Host, context.Options.WithHeaders(headers));
        }
    }
}
