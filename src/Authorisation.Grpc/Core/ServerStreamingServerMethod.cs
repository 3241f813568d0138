namespace Grpc.Core;

/// <summary>Handles a server-streaming call.</summary>
/// <param name="request">The request.</param>
/// <param name="responseStream">The responses, to write.</param>
/// <param name="context">The call.</param>
/// <typeparam name="TRequest">The request's type.</typeparam>
/// <typeparam name="TResponse">The response's type.</typeparam>
public delegate Task ServerStreamingServerMethod<TRequest, TResponse>(
    TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context)
    where TRequest : class
    where TResponse : class;
