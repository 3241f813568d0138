namespace Grpc.Core;

/// <summary>Handles a client-streaming call.</summary>
/// <param name="requestStream">The requests, to read.</param>
/// <param name="context">The call.</param>
/// <typeparam name="TRequest">The request's type.</typeparam>
/// <typeparam name="TResponse">The response's type.</typeparam>
public delegate Task<TResponse> ClientStreamingServerMethod<TRequest, TResponse>(
    IAsyncStreamReader<TRequest> requestStream, ServerCallContext context)
    where TRequest : class
    where TResponse : class;
