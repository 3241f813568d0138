namespace Grpc.Core;

/// <summary>Handles a unary call.</summary>
/// <param name="request">The request.</param>
/// <param name="context">The call.</param>
/// <typeparam name="TRequest">The request's type.</typeparam>
/// <typeparam name="TResponse">The response's type.</typeparam>
public delegate Task<TResponse> UnaryServerMethod<TRequest, TResponse>(
    TRequest request, ServerCallContext context)
    where TRequest : class
    where TResponse : class;
