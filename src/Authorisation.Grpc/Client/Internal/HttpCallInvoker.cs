using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>Makes calls over a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        AsyncUnaryCall(method, host, options, request).ResponseAsync.GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new GrpcCall<TRequest, TResponse>(channel, method, host, options);
        return new AsyncUnaryCall<TResponse>(
            call.StartUnaryAsync(request),
            static state => ((IClientCall)state).ResponseHeadersAsync,
            static state => ((IClientCall)state).GetStatus(),
            static state => ((IClientCall)state).GetTrailers(),
            static state => ((IClientCall)state).Dispose(),
            call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new GrpcCall<TRequest, TResponse>(channel, method, host, options);
        call.StartServerStreaming(request);
        return new AsyncServerStreamingCall<TResponse>(
            call.Responses,
            static state => ((IClientCall)state).ResponseHeadersAsync,
            static state => ((IClientCall)state).GetStatus(),
            static state => ((IClientCall)state).GetTrailers(),
            static state => ((IClientCall)state).Dispose(),
            call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new GrpcCall<TRequest, TResponse>(channel, method, host, options);
        var response = call.StartClientStreamingAsync();
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.Requests,
            response,
            static state => ((IClientCall)state).ResponseHeadersAsync,
            static state => ((IClientCall)state).GetStatus(),
            static state => ((IClientCall)state).GetTrailers(),
            static state => ((IClientCall)state).Dispose(),
            call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new GrpcCall<TRequest, TResponse>(channel, method, host, options);
        call.StartDuplexStreaming();
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call.Requests,
            call.Responses,
            static state => ((IClientCall)state).ResponseHeadersAsync,
            static state => ((IClientCall)state).GetStatus(),
            static state => ((IClientCall)state).GetTrailers(),
            static state => ((IClientCall)state).Dispose(),
            call);
    }
}
