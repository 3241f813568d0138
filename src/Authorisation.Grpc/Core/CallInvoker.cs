namespace Grpc.Core;

/// <summary>Makes calls: what generated clients stand on.</summary>
public abstract class CallInvoker
{
    /// <summary>Makes a unary call that blocks.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name, or null for the channel's.</param>
    /// <param name="options">The call's options.</param>
    /// <param name="request">The request.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public abstract TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>Makes a unary call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name, or null for the channel's.</param>
    /// <param name="options">The call's options.</param>
    /// <param name="request">The request.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public abstract AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>Makes a server-streaming call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name, or null for the channel's.</param>
    /// <param name="options">The call's options.</param>
    /// <param name="request">The request.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public abstract AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>Makes a client-streaming call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name, or null for the channel's.</param>
    /// <param name="options">The call's options.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public abstract AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class;

    /// <summary>Makes a duplex-streaming call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name, or null for the channel's.</param>
    /// <param name="options">The call's options.</param>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TResponse">The response's type.</typeparam>
    public abstract AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class;
}
