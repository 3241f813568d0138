namespace Grpc.Core;

/// <summary>Handles a duplex-streaming call.</summary>
/// <param name="requestStream">The requests, to read.</param>
/// <param name="responseStream">The responses, to write.</param>
/// <param name="context">The call.</param>
/// <typeparam name="TRequest">The request's type.</typeparam>
/// <typeparam name="TResponse">The response's type.</typeparam>
public delegate Task DuplexStreamingServerMethod<TRequest, TResponse>(
    IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context)
    where TRequest : class
    where TResponse : class;
